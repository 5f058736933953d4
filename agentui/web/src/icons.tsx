// The few signs that the console draws; each stands beside a word or has a label.
const paths: Record<string, string> = {
  back: "M15 5l-7 7 7 7",
  search: "M10.5 5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM15 15l5 5",
  inbox: "M4 13h4l2 3h4l2-3h4M4 13l3-8h10l3 8v6H4z",
  note: "M5 4h14v11l-5 5H5zM14 20v-5h5",
  bot: "M6 9h12v9H6zM12 9V5M9.5 13v1.5M14.5 13v1.5M4 12v3M20 12v3",
  clock: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4l3 2",
  late: "M12 4l9 16H3zM12 10v5M12 17.5h.01",
  swap: "M4 8h13l-3-3M20 16H7l3 3",
  check: "M5 13l4 4 10-10",
  tag: "M4 4h8l8 8-8 8-8-8zM8.5 8.5h.01",
  info: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 11v5M12 8h.01",
  close: "M6 6l12 12M18 6L6 18",
  at: "M16 12a4 4 0 1 0-8 0 4 4 0 0 0 8 0zm0 0v1.5a2.5 2.5 0 0 0 4 0A8 8 0 1 0 16.5 18.5",
  flow: "M4 4h7v5H4zM13 15h7v5h-7zM7.5 9v4.5a4 4 0 0 0 4 4H13",
  bell: "M6 16h12l-1.5-2.5V10a4.5 4.5 0 0 0-9 0v3.5zM10 19a2 2 0 0 0 4 0",
  keys: "M3 7h18v10H3zM7 10h.01M11 10h.01M15 10h.01M8 14h8",
};

export function Icon({ name }: { name: keyof typeof paths & string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="18" height="18" aria-hidden="true" focusable="false">
      <path d={paths[name]} fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}
