/** Four arcs about a point: our own drawing, not the trademark. */
export const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke-width="3">' +
  '<path d="M12 4a8 8 0 0 1 8 8" stroke="#d93025"/><path d="M20 12a8 8 0 0 1-8 8" stroke="#1a73e8"/>' +
  '<path d="M12 20a8 8 0 0 1-8-8" stroke="#188038"/><path d="M4 12a8 8 0 0 1 8-8" stroke="#f9ab00"/>' +
  '<circle cx="12" cy="12" r="2" fill="#5f6368"/>' +
  '</svg>'
