/**
 * A kind of everyday place and how often each class is seen there, relative to one another. Absent classes
 * are never seen.
 */
export interface Place {
  readonly name: string
  readonly weights: Readonly<Record<string, number>>
}
