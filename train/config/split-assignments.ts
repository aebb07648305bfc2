import { CacheNetError } from '../../core/wire/errors.ts'

/** `a.b=1` is about `a.b`. */
export const assignedKey = (assignment: string): string => assignment.split('=', 1)[0]!

/** "a=1 b=2", as `--set` takes it, in its parts. Throws `config-invalid` where one setting has two values. */
export function splitAssignments(text: string | undefined): string[] {
  const assignments = text?.split(/\s+/).filter((part) => part !== '') ?? []
  const keys = assignments.map(assignedKey)
  const twice = [...new Set(keys.filter((key, index) => keys.indexOf(key) < index))]
  if (twice.length === 0) return assignments
  throw new CacheNetError(
    'config-invalid',
    `--set gives ${twice.join(', ')} more than one value. Leave one.`,
    { keys: twice },
  )
}
