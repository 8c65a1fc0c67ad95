/** A branch that leaves a line: our own drawing, not the trademark. */
export const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="#57606a" stroke-width="2">' +
  '<circle cx="7" cy="5" r="2.5"/><circle cx="7" cy="19" r="2.5"/><circle cx="17" cy="8" r="2.5"/>' +
  '<path d="M7 7.5v9M17 10.5c0 4-10 2-10 6"/>' +
  '</svg>'
