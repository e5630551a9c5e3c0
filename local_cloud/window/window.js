// The window into the local cloud: asks for its state once a second, and shows it.

const PAUSE_MS = 1000;
const NAMES = {
  web_socket_messages: "WebSocket messages, both ways",
  connection_minutes: "Connection minutes",
  http_requests: "HTTP requests",
  lambda_requests: "Lambda requests",
  lambda_gb_seconds_arm: "Lambda GB-seconds (arm64)",
  lambda_gb_seconds_x86: "Lambda GB-seconds (x86_64)",
  write_units: "DynamoDB write units",
  read_units: "DynamoDB read units",
  log_bytes: "Log bytes",
};

const pause = document.getElementById("pause");
const status = document.getElementById("status");
const opened = new Set(); // the request ids whose logs are unfolded
let isPaused = false;

const time = (ms) =>
  new Date(ms).toLocaleTimeString("en-GB") +
  "." +
  String(ms % 1000).padStart(3, "0");
const count = (n) => n.toLocaleString("en", { maximumFractionDigits: 1 });
const dollars = (n) => "$" + n.toFixed(n >= 1 ? 2 : n >= 0.01 ? 4 : 7);

function lasting(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s} s`;
  return s < 3600
    ? `${Math.floor(s / 60)} min ${s % 60} s`
    : `${(s / 3600).toFixed(1)} h`;
}

function cell(content, kind = "") {
  const made = document.createElement("td");
  made.className = kind;
  made.append(content ?? "");
  return made;
}

function show(id, heads, rows, nothing) {
  const table = document.getElementById(id);
  if (rows.length === 0) {
    const row = document.createElement("tr");
    row.append(cell(nothing, "empty"));
    table.replaceChildren(row);
    return;
  }
  const head = document.createElement("tr");
  for (const [text, kind] of heads) {
    const made = document.createElement("th");
    made.scope = "col";
    made.className = kind ?? "";
    made.textContent = text;
    head.append(made);
  }
  const lines = rows.map(({ cells, kind }) => {
    const row = document.createElement("tr");
    row.className = kind ?? "";
    row.append(...cells);
    return row;
  });
  table.replaceChildren(head, ...lines);
}

function logs(invocation) {
  if (invocation.logs.length === 0) return "";
  const folded = document.createElement("details");
  const summary = document.createElement("summary");
  const text = document.createElement("pre");
  summary.textContent = `${invocation.logs.length} line${invocation.logs.length === 1 ? "" : "s"}`;
  text.textContent = invocation.logs.join("\n");
  folded.open = opened.has(invocation.request_id);
  folded.addEventListener("toggle", () => {
    if (folded.open) opened.add(invocation.request_id);
    else opened.delete(invocation.request_id);
  });
  folded.append(summary, text);
  return folded;
}

function showFigures(state) {
  const open = state.connections.filter(
    (one) => one.closed_at_ms === null,
  ).length;
  const units = (name) => state.cost[name]?.quantity ?? 0;
  const figures = [
    ["Running for", lasting(state.now_ms - state.started_at_ms)],
    ["Open connections", count(open)],
    ["WebSocket messages", count(units("web_socket_messages"))],
    ["Invocations", count(units("lambda_requests"))],
    [
      "Read / write units",
      `${count(units("read_units"))} / ${count(units("write_units"))}`,
    ],
    ["On AWS so far", dollars(state.total_dollars)],
  ];
  const pairs = figures.map(([name, value]) => {
    const pair = document.createElement("div");
    const term = document.createElement("dt");
    const figure = document.createElement("dd");
    term.textContent = name;
    figure.textContent = value;
    pair.append(term, figure);
    return pair;
  });
  document.getElementById("figures").replaceChildren(...pairs);
}

function showAll(state) {
  showFigures(state);
  show(
    "connections",
    [
      ["Connection"],
      ["Opened"],
      ["For"],
      ["In", "number"],
      ["Out", "number"],
      ["Closed"],
    ],
    state.connections.map((one) => ({
      kind: one.closed_at_ms === null ? "" : "over",
      cells: [
        cell(one.id, "id"),
        cell(time(one.opened_at_ms)),
        cell(lasting((one.closed_at_ms ?? state.now_ms) - one.opened_at_ms)),
        cell(`${count(one.frames_in)} (${count(one.bytes_in)} B)`, "number"),
        cell(`${count(one.frames_out)} (${count(one.bytes_out)} B)`, "number"),
        cell(one.closed_at_ms === null ? "" : String(one.code)),
      ],
    })),
    "Nobody has connected yet.",
  );
  show(
    "frames",
    [["At"], ["Connection"], ["Way"], ["Bytes", "number"], ["Type"]],
    state.frames.map((one) => ({
      cells: [
        cell(time(one.at_ms)),
        cell(one.id, "id"),
        cell(one.direction === "in" ? "→ in" : "← out", one.direction),
        cell(count(one.bytes), "number"),
        cell(one.text ?? one.type ?? "–", one.text ? "text" : ""),
      ],
    })),
    "No frame yet.",
  );
  show(
    "invocations",
    [
      ["At"],
      ["Function"],
      ["Took", "number"],
      ["Waited", "number"],
      ["Cold start", "number"],
      ["Failure"],
      ["Log"],
    ],
    state.invocations.map((one) => ({
      cells: [
        cell(time(one.at_ms)),
        cell(one.function_id),
        cell(`${one.duration_ms.toFixed(1)} ms`, "number"),
        cell(`${one.waited_ms.toFixed(1)} ms`, "number"),
        cell(
          one.init_ms === null ? "" : `${one.init_ms.toFixed(0)} ms`,
          "number",
        ),
        cell(one.failure ?? "", "bad"),
        cell(logs(one)),
      ],
    })),
    "Nothing has run yet.",
  );
  show(
    "store",
    [
      ["Function"],
      ["Operation"],
      ["Table"],
      ["Calls", "number"],
      ["Read", "number"],
      ["Written", "number"],
      ["Mean", "number"],
      ["Errors", "number"],
    ],
    [...state.store]
      .sort(
        (a, b) =>
          b.read_units + 5 * b.write_units - a.read_units - 5 * a.write_units,
      )
      .map((one) => ({
        cells: [
          cell(one.function_id),
          cell(one.operation),
          cell(one.table),
          cell(count(one.calls), "number"),
          cell(count(one.read_units), "number"),
          cell(count(one.write_units), "number"),
          cell(`${(one.duration_ms / one.calls).toFixed(1)} ms`, "number"),
          cell(one.errors ? count(one.errors) : "", "number bad"),
        ],
      })),
    "The store has not been asked.",
  );
  const costs = Object.entries(state.cost).map(
    ([name, { quantity, dollars: usd }]) => ({
      cells: [
        cell(NAMES[name] ?? name),
        cell(count(quantity), "number"),
        cell(dollars(usd), "number"),
      ],
    }),
  );
  if (costs.length > 0) {
    costs.push({
      kind: "total",
      cells: [
        cell("All of it"),
        cell(""),
        cell(dollars(state.total_dollars), "number"),
      ],
    });
  }
  show(
    "cost",
    [["What"], ["Quantity", "number"], ["Price", "number"]],
    costs,
    "Nothing yet.",
  );
  show(
    "notes",
    [["At"], ["What"], [""]],
    state.notes.map((one) => ({
      cells: [
        cell(time(one.at_ms)),
        cell(one.kind.replaceAll("_", " ")),
        cell(one.text, "text"),
      ],
    })),
    "Nothing to note.",
  );
}

async function look() {
  if (!isPaused && !document.hidden) {
    try {
      const answer = await fetch("/_local/state", { cache: "no-store" });
      if (!answer.ok) throw new Error(`${answer.status}`);
      showAll(await answer.json());
      status.textContent = `As of ${new Date().toLocaleTimeString("en-GB")}`;
    } catch {
      status.textContent = "The local cloud does not answer; trying again.";
    }
  }
  setTimeout(look, PAUSE_MS);
}

pause.addEventListener("click", () => {
  isPaused = !isPaused;
  pause.setAttribute("aria-pressed", String(isPaused));
  pause.textContent = isPaused ? "Go on" : "Pause";
  if (isPaused) status.textContent = "Paused";
});

look();
