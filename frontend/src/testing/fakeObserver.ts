// What sees sizes and edges in tests, where nothing is laid out? An observer that sees what it is told.

type Seen = { target: Element; isIntersecting: boolean };

/** Stands in for the browser's observers of sizes and of what comes into view. */
export class FakeObserver {
  /** The one that was made last. */
  static last: FakeObserver;
  readonly observed = new Set<Element>();
  /** How often something was begun to be looked at. */
  looks = 0;

  constructor(
    private readonly tell: (seen: readonly Seen[]) => void,
    readonly options: IntersectionObserverInit = {},
  ) {
    FakeObserver.last = this;
  }

  observe(element: Element): void {
    this.observed.add(element);
    this.looks += 1;
  }

  unobserve(element: Element): void {
    this.observed.delete(element);
  }

  disconnect(): void {
    this.observed.clear();
  }

  /** See `target`, where it is looked at. */
  see(target: Element, isIntersecting = true): void {
    if (this.observed.has(target)) this.tell([{ target, isIntersecting }]);
  }
}
