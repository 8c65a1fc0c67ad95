/** A letter in a window of four panes: our own drawing, not the trademark. */
export const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="#0a5ea8" stroke-width="2">' +
  '<rect x="3" y="4" width="18" height="16" rx="2"/><path d="M3 12h18M12 12v8M4 5l8 7 8-7"/>' +
  '</svg>'
