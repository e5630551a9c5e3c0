// Which address shows which page, and for whom?

import {
  createRouter,
  createWebHistory,
  type Router,
  type RouteRecordRaw,
  type RouterHistory,
} from "vue-router";

import RoomsPage from "./pages/RoomsPage.vue";
import { useSession } from "./stores/session";

// Whoever is in already needs none of these.
const EntryPage = () => import("./pages/EntryPage.vue");
const JoinPage = () => import("./pages/JoinPage.vue");
const LostPage = () => import("./pages/LostPage.vue");

const routes: RouteRecordRaw[] = [
  {
    path: "/",
    name: "rooms",
    component: RoomsPage,
    meta: { isForMembers: true },
  },
  {
    path: "/rooms/:roomId/:seq([1-9]\\d{0,15})?",
    name: "room",
    component: RoomsPage,
    props: ({ params, query }) => ({
      roomId: params.roomId,
      ...(params.seq ? { seq: Number(params.seq) } : {}),
      ...(typeof query.beside === "string" ? { besideId: query.beside } : {}),
    }),
    meta: { isForMembers: true },
  },
  { path: "/join/:code", name: "join", component: JoinPage, props: true },
  { path: "/enter", name: "entry", component: EntryPage },
  { path: "/:rest(.*)", name: "lost", component: LostPage },
];

/** Make the router; it sends strangers to the entry and remembers where they wanted to go. */
export function makeRouter(
  history: RouterHistory = createWebHistory(),
): Router {
  const router = createRouter({ history, routes });
  router.beforeEach((to) => {
    const session = useSession();
    if (to.meta.isForMembers && session.state === "signedOut") {
      return {
        name: "entry",
        query: to.fullPath === "/" ? {} : { next: to.fullPath },
      };
    }
    if (to.name === "entry" && session.state === "signedIn")
      return { name: "rooms" };
    return true;
  });
  return router;
}
