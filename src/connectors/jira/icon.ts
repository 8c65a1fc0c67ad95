/** A board of three columns with cards: our own drawing, not the trademark. */
export const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="#1d5fbf" stroke-width="2">' +
  '<rect x="3" y="4" width="18" height="16" rx="2"/><path d="M9 4v16M15 4v16M5 8h2M11 8h2M11 12h2M17 8h2"/>' +
  '</svg>'
