"""What does one person see and do in a browser window?"""

from __future__ import annotations

import re
import secrets
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

PATIENCE_MS = 45_000  # longer than a keep-alive, which heals what a push has lost
PASSWORD = "correct horse battery"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = (1180, 760)
ON_THE_BAR = ("quick", "react", "reply", "more")
# What the page does itself is done the same way: with the cookie, on its own origin.
CALL = """async ([method, path, bodies]) => {
  const answers = [];
  for (const body of bodies) {
    const answer = await fetch(path, {
      method,
      headers: {"Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID()},
      ...(body === null ? {} : {body: JSON.stringify(body)}),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} ${text}`);
    answers.push(text === "" ? null : JSON.parse(text));
  }
  return answers;
}"""


class Window:
    """One person's window, and what the page complained about in it."""

    def __init__(
        self,
        browser: Browser,
        base: str,
        language: str = "en-US",
        size: tuple[int, int] = WIDE,
        *,
        has_touch: bool = False,
        has_forced_colors: bool = False,
    ) -> None:
        self.base = base
        self.context = browser.new_context(
            locale=language,
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce",
            has_touch=has_touch,
            is_mobile=has_touch,
            forced_colors="active" if has_forced_colors else "none",
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.username = ""
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)

    def _listen(self, message: object) -> None:
        text = str(getattr(message, "text", ""))
        if "Content Security Policy" in text:
            self.complaints.append(text)

    def find(self, test_id: str) -> Locator:
        return self.page.get_by_test_id(test_id)

    def calls(self, method: str, path: str, body: object = None) -> Any:
        """Ask the REST side as the page does; fails when refused."""
        return self.calls_each(method, path, [body])[0]

    def calls_each(self, method: str, path: str, bodies: list[Any]) -> list[Any]:
        """Ask once for each body, one after the other."""
        answers: list[Any] = self.page.evaluate(CALL, [method, path, bodies])
        return answers

    @property
    def room_id(self) -> str:
        """The id of the open room."""
        match = re.search(r"/rooms/([^/?]+)", self.page.url)
        assert match, self.page.url
        return match[1]

    def joins(self, link: str, room: str) -> None:
        self.page.goto(link)
        self.find("invitation-join").click()
        expect(self.find("room-name")).to_have_text(room)

    def signs_up(self, name: str) -> None:
        """Make an account as the form does, and open the page."""
        self._registers(name)
        self.page.goto(self.base)
        expect(self.find("room-list")).to_be_visible()

    def owns_a_room(self, name: str) -> str:
        """Make an account and a room, The den, and look into it; gives the link to join by."""
        self._registers(name)
        room = self._posts("/api/rooms", {"name": "The den"})["room"]
        self._looks_into(room)
        return f"{self.base}/join/{room['code']}"

    def comes_by(self, link: str, name: str) -> None:
        """Make an account, become a member by an invitation, and look into the room."""
        self._registers(name)
        self._looks_into(self._posts("/api/memberships", {"code": link.split("/")[-1]})["room"])

    def _registers(self, name: str) -> None:
        self.username = f"{name}-{secrets.token_hex(4)}"
        account = {"username": self.username, "password": PASSWORD, "displayName": name}
        self._posts("/api/accounts", account)

    def _posts(self, path: str, body: object) -> Any:
        answer = self.context.request.post(
            self.base + path,
            data=body,
            headers={"Origin": self.base, "Idempotency-Key": secrets.token_hex(16)},
        )
        assert answer.ok, answer.text()
        return answer.json()

    def _looks_into(self, room: Any) -> None:
        self.page.goto(f"{self.base}/rooms/{room['id']}")
        expect(self.find("room-name")).to_have_text(room["name"])

    def signs_up_by_form(self, name: str) -> None:
        """Make an account on the first screen."""
        self.page.goto(self.base)
        self.page.get_by_test_id("choice-signUp").click()
        self.username = f"{name}-{secrets.token_hex(4)}"
        self.find("sign-up-username").fill(self.username)
        self.find("sign-up-password").fill(PASSWORD)
        self.find("sign-up-display-name").fill(name)
        self.find("sign-up-submit").click()
        expect(self.find("room-list")).to_be_visible()

    def signs_in(self, username: str) -> None:
        self.page.goto(self.base)
        self.page.get_by_test_id("choice-signIn").click()
        self.find("sign-in-username").fill(username)
        self.find("sign-in-password").fill(PASSWORD)
        self.find("sign-in-submit").click()
        expect(self.find("room-list")).to_be_visible()

    def enters_as_guest(self, nickname: str, path: str = "/") -> None:
        self.page.goto(self.base + path)
        self.page.get_by_test_id("choice-guest").click()
        self.find("guest-nickname").fill(nickname)
        self.find("guest-submit").click()

    def creates(self, room: str) -> str:
        """Create a room; gives the link that invites to it."""
        self.find("open-create").click()
        self.find("create-name").fill(room)
        self.find("create-submit").click()
        expect(self.find("room-name")).to_have_text(room)
        self.find("open-invite").click()
        link = (
            self.find("invite-link")
            .locator("input")
            .or_(self.find("invite-link"))
            .first.input_value()
        )
        self.page.keyboard.press("Escape")
        return link

    def is_kept(self) -> None:
        """Wait until the page is there without a network too."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        self.page.wait_for_function("navigator.serviceWorker.controller !== null")

    def says(self, text: str) -> None:
        self.find("composer-text").fill(text)
        self.find("composer-text").press("Enter")

    def acts(self, text: str, act: str) -> None:
        """Do something with a message: what the bar has not is in its menu."""
        self.message(text).hover()
        if act not in ON_THE_BAR:
            self.find("act-more").click()
        self.find(f"act-{act}").click()

    def picks(self, *files: tuple[str, str, bytes]) -> None:
        """Choose files (name, type, content) to go with what is said next."""
        self.find("choose-pictures").set_input_files(
            [{"name": name, "mimeType": kind, "buffer": data} for name, kind, data in files]
        )

    def message(self, text: str) -> Locator:
        return self.find("message").filter(has=self.page.get_by_text(text, exact=True))

    def sees(self, text: str, state: str = "sent") -> None:
        expect(self.message(text)).to_have_count(1)
        expect(self.message(text)).to_have_attribute("data-state", state)

    def sees_count(self, count: int) -> None:
        """See that many messages, and the last of them in place."""
        expect(self.find("message")).to_have_count(count)

    def texts(self) -> list[str]:
        return [text.strip() for text in self.find("message-text").all_inner_texts()]

    def close(self) -> None:
        self.context.close()
        assert self.complaints == []


def share_a_room(ann: Window, ben: Window) -> str:
    """Let both look into a room of Ann's, The den; gives the link to join by."""
    link = ann.owns_a_room("Ann")
    ben.comes_by(link, "Ben")
    return link
