// Makes the app; nothing else.

import "./styles/base.css";

import {
  IndexedDbOutbox,
  TeahouseClient,
  tabsSessionSeen,
} from "@teahouse/client";
import { createPinia } from "pinia";
import { createApp } from "vue";

import App from "./App.vue";
import { socketUrl } from "./config";
import { makeRouter } from "./router";
import { SERVICES, type Services } from "./stores/services";
import { useSession } from "./stores/session";
import { useVersion } from "./stores/version";
import { makeChatApi } from "./transport/chatApi";
import { keptPictures } from "./transport/keptPictures";
import { sendForm } from "./transport/sendForm";

const sessionSeen = tabsSessionSeen(localStorage);
const api = makeChatApi({
  // The socket need not be refused for a minute to learn what a call has learned.
  onSessionEnded: () => sessionSeen.write(0),
});
const services: Services = {
  api,
  sendForm,
  keptPictures: keptPictures(),
  makeClient: (user) =>
    new TeahouseClient({
      url: socketUrl(),
      api,
      outbox: new IndexedDbOutbox(user.id),
      userId: user.id,
      renewSession: api.renewSession,
      sessionSeen,
    }),
};

const app = createApp(App).provide(SERVICES, services).use(createPinia());
const session = useSession();
await session.restore();
document.addEventListener("visibilitychange", () => {
  if (document.hidden) session.keepLastSeen();
});
app.use(makeRouter()).mount("#app");
if (import.meta.env.PROD) void useVersion().watch();
