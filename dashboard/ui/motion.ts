import { createStore } from './store.ts'

const query = window.matchMedia('(prefers-reduced-motion: reduce)')

/** Whether this person's system asks for less motion (WCAG 2.2, 2.3.3); stylesheets ask for themselves. */
export const lessMotion = createStore(query.matches)

query.addEventListener('change', ({ matches }) => lessMotion.set(matches))
