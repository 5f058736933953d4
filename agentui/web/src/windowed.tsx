// Of many rows of one height (--row), those that can be seen are there, some beside them,
// and those that are held: what is open, and what has the focus. A list says to those who
// do not see it how long it is.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

const spare = 6; // rows beyond either edge

interface Part {
  from: number;
  to: number;
}

// within says which rows of a list can be seen in what scrolls.
function within(list: Element, scroller: Element, n: number): Part {
  const [all, seen] = [list.getBoundingClientRect(), scroller.getBoundingClientRect()];
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
  children: (one: T) => ComponentChildren;
}

export function Windowed<T>({ all, id, held, children }: Props<T>) {
  const box = useRef<HTMLUListElement>(null);
  const [part, setPart] = useState<Part>({ from: 0, to: 3 * spare });
  const [focused, setFocused] = useState("");
  useLayoutEffect(() => {
    const list = box.current!;
    const scroller = list.closest(".list")!;
    const look = () => setPart((p) => ((now) => (now.from === p.from && now.to === p.to ? p : now))(within(list, scroller, all.length)));
    look();
    const resized = new ResizeObserver(look);
    resized.observe(scroller);
    scroller.addEventListener("scroll", look, { passive: true });
    return () => {
      resized.disconnect();
      scroller.removeEventListener("scroll", look);
    };
  });
  const shown = all.flatMap((one, i) => ((i >= part.from && i < part.to) || id(one) === held || id(one) === focused ? [{ one, i }] : []));
  return (
    <ul ref={box} class="windowed" style={{ height: `calc(var(--row) * ${all.length})` }}>
      {shown.map(({ one, i }) => (
        <li key={id(one)} aria-setsize={all.length} aria-posinset={i + 1} style={{ top: `calc(var(--row) * ${i})` }} onFocusIn={() => setFocused(id(one))} onFocusOut={() => setFocused("")}>
          {children(one)}
        </li>
      ))}
    </ul>
  );
}
