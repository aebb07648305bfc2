import { z } from 'zod'

// Numbers of a config, by what they are.

export const weight = z.number().nonnegative()
export const share = z.number().min(0).max(1)
export const count = z.int().positive()
