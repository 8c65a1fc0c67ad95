/** A key. */
export const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="#0b7a75" stroke-width="2" stroke-linecap="round">' +
  '<circle cx="8" cy="8" r="4.5"/><path d="M11.5 11.5L20 20M17 17l2.5-2.5M14 14l2-2"/>' +
  '</svg>'
