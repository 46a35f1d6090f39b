/* What a reader chose (colours, tabs), kept in the browser for all languages of a site.
 *
 * The theme writes this into every page, another text at each depth; as one file, pages need no
 * script of their own and a server can forbid them. The names are those that the theme calls.
 */
"use strict";
var __md_scope = new URL(document.currentScript.dataset.scope, location);

function __md_hash(text) {
  return [...text].reduce((hash, letter) => (hash << 5) - hash + letter.charCodeAt(0), 0);
}

function __md_get(key, storage = localStorage, scope = __md_scope) {
  return JSON.parse(storage.getItem(`${scope.pathname}.${key}`));
}

function __md_set(key, value, storage = localStorage, scope = __md_scope) {
  try {
    storage.setItem(`${scope.pathname}.${key}`, JSON.stringify(value));
  } catch {
    // a browser that keeps nothing: the choice holds for this page
  }
}
