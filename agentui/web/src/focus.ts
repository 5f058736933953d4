// Whoever works by keys is lost with the focus: it stays where it was, as far as that is
// still there.
import { useLayoutEffect } from "preact/hooks";

// refocus gives the focus to what has this id, or else to the texts, when what had it is
// gone by what was done, or is of no use any more.
export function refocus(id: string) {
  setTimeout(() => {
    const at = document.activeElement;
    if (at !== null && at !== document.body && !at.matches(":disabled")) return;
    const to = document.getElementById(id);
    (to?.checkVisibility() ? to : document.querySelector<HTMLElement>(".thread"))?.focus();
  }); // when what was done is on the screen
}

const row = (which: string) => document.querySelector<HTMLElement>(`.list .row${which}`);

// toList gives it to the row that is open, or was a moment ago, or else to the first.
export function toList() {
  const id = row("[aria-current]")?.id ?? "";
  setTimeout(() => {
    if (document.activeElement?.matches("input, textarea")) return; // somebody has gone on meanwhile
    (row("[aria-current]") ?? document.getElementById(id) ?? row(""))?.focus();
  });
}

// follow keeps it on a row that comes to stand elsewhere while the list is read anew; one
// that is gone leaves it to the first.
export function follow() {
  const at = document.activeElement;
  const id = at?.matches(".list .row") ? at.id : "";
  useLayoutEffect(() => {
    if (id !== "" && document.activeElement === document.body) (document.getElementById(id) ?? row(""))?.focus();
  });
}
