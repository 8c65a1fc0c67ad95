/** A speech bubble with a hash in it: our own drawing, not the trademark. */
export const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="#611f69" stroke-width="2">' +
  '<path d="M4 4h16v13h-9l-5 4v-4H4z"/><path d="M10 7l-1 7M15 7l-1 7M8 9h9M7 12h9" stroke="#e01e5a" stroke-width="1.5"/>' +
  '</svg>'
