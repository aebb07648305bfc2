import { identifierPattern } from '../../core/bundle/identifier.ts'
import { CacheNetError } from '../../core/wire/errors.ts'

const longest = 63

/** A name that a bundle can have and that is like `id`. */
function suggest(id: string): string {
  const plain = id
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longest)
    .replace(/^-+|-+$/g, '')
  return identifierPattern.test(plain) ? plain : 'my-pictures'
}

/** Throws `config-invalid` for a name that no bundle can have: it is a folder, and a part of addresses. */
export function checkBundleId(id: string): void {
  if (identifierPattern.test(id)) return
  throw new CacheNetError(
    'config-invalid',
    `No bundle can be called "${id}": small letters, digits and hyphens, ${longest} of them at most. Take --id ${suggest(id)}, say. Nothing was started.`,
    { id },
  )
}
