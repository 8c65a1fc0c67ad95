import { html } from 'hono/html'
import type { ConnectPageApplication, ConnectPageFacts, ConnectPageRecipe } from '../connect-page-facts.ts'

/** What the application will be asked for; where part of it was given before, only what is new. */
export function scopesHtml({ label, scopes, newScopes, accountLabel }: ConnectPageApplication) {
  const asked = newScopes.length > 0 ? newScopes : scopes
  if (asked.length === 0) return ''
  const before = `More is asked for than you gave access to${accountLabel ? `, as ${accountLabel}` : ''}. What is new: ${label} will ask whether Behalf may also:`
  return html`<p class="soft">${newScopes.length > 0 ? before : `${label} will ask whether Behalf may:`}</p>
<ul>${asked.map(({ description }) => html`<li>${description}</li>`)}</ul>`
}

/**
 * The recipes that wait for an application, each with a box that is ticked; the only one needs no box, nor do any where the workspace asks
 * for no consent.
 */
export function recipesHtml({ recipes }: ConnectPageApplication, { consentPerRecipe, recipeId }: ConnectPageFacts) {
  const [only] = recipes
  if (!only) return ''
  if (recipes.length === 1)
    return html`<input type="hidden" name="recipe" value="${only.tick}">
<p class="soft">${whatItDoes(only.recipeId === recipeId ? 'The recipe' : html`<strong>${only.name}</strong>`, only)}</p>`
  if (!consentPerRecipe)
    return html`<ul>${recipes.map((recipe) => html`<li>${whatItDoes(html`<strong>${recipe.name}</strong>`, recipe)}</li>`)}</ul>`
  return html`<fieldset><legend>Your account may be used by</legend>
${recipes.map(
  (recipe) => html`<label class="tick"><input type="checkbox" name="recipe" value="${recipe.tick}" checked>
<span>${recipe.name}<small>${whatItDoes('It', recipe)}</small></span></label>`,
)}</fieldset>`
}

function whatItDoes(subject: unknown, { will, nowAlso }: ConnectPageRecipe) {
  if (nowAlso.length > 0) return html`You allowed it before. It now also will ${listOf(nowAlso)}.`
  return will.length > 0 ? html`${subject} will ${listOf(will)}.` : html`${subject} waits for it.`
}

const listOf = (texts: string[]): string => new Intl.ListFormat('en', { type: 'conjunction' }).format(texts)
