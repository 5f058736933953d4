// The address of the page. The open conversation stands in it, so that a reload comes back to
// it, a row opens in a window of its own, and colleagues can send each other a link.
import { effect, untracked } from "@preact/signals";
import { me, open, show } from "./desk";

const named = () => location.hash.slice(1); // ids are letters and digits

// A provider that signs people in sends them back without it.
const wanted = "parley/wanted";
export const keepAddress = () => sessionStorage.setItem(wanted, named());

function first(): string {
  const kept = sessionStorage.getItem(wanted) ?? "";
  sessionStorage.removeItem(wanted);
  return named() || kept;
}

// address opens what the address names, and keeps it as it should be. Back closes what was
// opened from the list alone.
export function address() {
  let come = false; // the page has been where its address says
  effect(() => {
    if (!me.value) return;
    const id = open.value;
    if (!come) {
      come = true;
      const to = first();
      if (to !== "") return untracked(() => void show(to));
    }
    if (id === named()) return;
    const to = id === "" ? location.pathname : `#${id}`;
    if (named() === "") history.pushState(null, "", to);
    else history.replaceState(null, "", to);
  });
  window.addEventListener("hashchange", () => me.value && void show(named()));
}
