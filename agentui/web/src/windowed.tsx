// Of many rows of one height (--row), those that can be seen are there, some beside them,
// and those that are held: what is open, and what has the focus. A list says to those who
// do not see it how long it is.
import type { ComponentChild } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

const spare = 6; // rows beyond either edge

interface Part {
  from: number;
  to: number;
}

// within says which rows of a list can be seen in what scrolls.
function within(list: HTMLElement): Part {
  const n = Number(list.dataset.rows);
  const [all, seen] = [list.getBoundingClientRect(), list.closest(".list")!.getBoundingClientRect()];
  const row = all.height / n;
  if (row === 0) return { from: 0, to: 2 * spare }; // it is hidden
  const first = Math.floor((seen.top - all.top) / row);
  const rows = Math.ceil(seen.height / row);
  const clip = (i: number) => Math.max(0, Math.min(n, i));
  return { from: clip(first - spare), to: clip(first + rows + 1 + spare) };
}

interface Props<T> {
  all: T[];
  id: (one: T) => string;
  held: string;
  children: (one: T) => ComponentChild;
}

export function Windowed<T extends object>({ all, id, held, children }: Props<T>) {
  const box = useRef<HTMLUListElement>(null);
  const [part, setPart] = useState<Part>({ from: 0, to: 3 * spare });
  const [focused, setFocused] = useState("");
  const drawn = useRef(new WeakMap<T, ComponentChild>()); // what has not changed is not drawn again
  const look = () => setPart((p) => ((now) => (now.from === p.from && now.to === p.to ? p : now))(within(box.current!)));
  useLayoutEffect(look);
  useLayoutEffect(() => {
    const scroller = box.current!.closest(".list")!;
    const resized = new ResizeObserver(look);
    resized.observe(scroller);
    scroller.addEventListener("scroll", look, { passive: true });
    return () => {
      resized.disconnect();
      scroller.removeEventListener("scroll", look);
    };
  }, []);
  const row = (one: T) => {
    if (!drawn.current.has(one)) drawn.current.set(one, children(one));
    return drawn.current.get(one);
  };
  const { from, to } = part;
  const apart = [...new Set([held, focused])].map((one) => (one === "" ? -1 : all.findIndex((d) => id(d) === one))).filter((i) => i >= 0 && (i < from || i >= to));
  const shown = [...all.slice(from, to).map((_, i) => from + i), ...apart].sort((a, b) => a - b);
  return (
    <ul ref={box} class="windowed" data-rows={all.length} style={{ height: `calc(var(--row) * ${all.length})` }}>
      {shown.map((i) => ((one) => (
        <li key={id(one)} aria-setsize={all.length} aria-posinset={i + 1} style={{ top: `calc(var(--row) * ${i})` }} onFocusIn={() => setFocused(id(one))} onFocusOut={() => setFocused("")}>
          {row(one)}
        </li>
      ))(all[i]!))}
    </ul>
  );
}
