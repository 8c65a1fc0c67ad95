/** A cloud: our own drawing, not the trademark. */
export const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24" fill="#0d9dda">' +
  '<path d="M10 6.2a4.6 4.6 0 0 1 7.1.9 4.7 4.7 0 1 1 .7 9.2 3.6 3.6 0 0 1-4.4 1.5 4.1 4.1 0 0 1-7.5-.4A3.8 3.8 0 0 1 4 10.6 4.6 4.6 0 0 1 10 6.2z"/>' +
  '</svg>'
