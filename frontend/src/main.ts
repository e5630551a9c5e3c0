// Makes the app; nothing else.

import "./styles/base.css";

import { IndexedDbOutbox, TeahouseClient } from "@teahouse/client";
import { createPinia } from "pinia";
import { createApp } from "vue";

import App from "./App.vue";
import { socketUrl } from "./config";
import { makeRouter } from "./router";
import { SERVICES, type Services } from "./stores/services";
import { useSession } from "./stores/session";
import { makeChatApi } from "./transport/chatApi";

const api = makeChatApi();
const services: Services = {
  api,
  makeClient: (user) =>
    new TeahouseClient({
      url: socketUrl(),
      api,
      outbox: new IndexedDbOutbox(user.id),
      userId: user.id,
      renewSession: api.renewSession,
    }),
};

const app = createApp(App).provide(SERVICES, services).use(createPinia());
await useSession().restore();
app.use(makeRouter()).mount("#app");
