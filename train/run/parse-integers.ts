import { CacheNetError } from '../../core/wire/errors.ts'

/**
 * "1,2,3" → [1, 2, 3], the value of `flag`. Throws `config-invalid` for anything but whole numbers from 0 on.
 */
export function parseIntegers(flag: string, text: string): number[] {
  const values = text.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : NaN))
  if (values.some(Number.isNaN))
    throw new CacheNetError('config-invalid', `${flag} takes whole numbers, as in 1,2,3, and not ${text}.`, {
      [flag]: text,
    })
  return values
}
