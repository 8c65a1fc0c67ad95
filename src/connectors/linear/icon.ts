/** A disc with lines that rise: our own drawing, not the trademark. */
export const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="#5e6ad2" stroke-width="2">' +
  '<circle cx="12" cy="12" r="9"/><path d="M4 13l7 7M4 8l12 12M8 4l12 12"/>' +
  '</svg>'
