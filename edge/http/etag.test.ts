import { expect, it } from 'vitest'
import { matchesEtag } from './etag.ts'

it.each([
  ['"abc"', true],
  ['W/"abc"', true],
  ['"x", "abc"', true],
  ['"x",W/"abc" ', true],
  [' * ', true],
  ['"abcd"', false],
  ['abc', false],
  ['', false],
  [undefined, false],
])('If-None-Match %s', (header, matches) => {
  expect(matchesEtag(header, '"abc"')).toBe(matches)
})
