import { expect, it } from 'vitest'
import { answerToFlags, endAtFlags } from './answer-to-flags.ts'

const answer = (...args: string[]): ReturnType<typeof answerToFlags> =>
  answerToFlags(args, 'npm run pictures', 'Takes pictures.')

it('goes on without flags, helps where that is asked for, and refuses the rest by name', () => {
  expect(answer()).toBeUndefined()
  expect(answer('--help')).toEqual({
    text: 'USAGE npm run pictures\n\nTakes pictures.\nIt takes no flags but --help.',
    exitCode: 0,
  })
  expect(answer('--out', 'x')).toMatchObject({ exitCode: 1 })
  expect(answer('--out')?.text).toContain('There is no flag --out.')
  expect(answer('people')?.text).toContain('There is no place for "people".')
})

it('lets as many words stand there as there are places for, and no flags', () => {
  const cold = (...args: string[]): ReturnType<typeof answerToFlags> =>
    answerToFlags(args, 'npm run cold-start -- ROUNDS', 'Measures.', ['ROUNDS'])
  expect(cold('3')).toBeUndefined()
  expect(cold('3', '4')?.text).toContain('There is no place for "4".')
  expect(cold('3', '--quick')?.text).toContain('There is no flag --quick.')
})

it('prints help as output and a refusal as an error, and ends the process', () => {
  const run = (...args: string[]): { said: string[]; code: number | undefined } => {
    const said: string[] = []
    const stream = (name: string): { write(text: string): void } => ({
      write: (text) => void said.push(`${name} ${text.split('\n')[0] ?? ''}`),
    })
    const process = {
      argv: ['node', 'command', ...args],
      stdout: stream('out'),
      stderr: stream('err'),
      exit: (code: number): never => {
        throw new RangeError(String(code))
      },
    }
    try {
      endAtFlags(process, 'npm run pictures', 'Takes pictures.')
      return { said, code: undefined }
    } catch (thrown) {
      return { said, code: Number((thrown as Error).message) }
    }
  }
  expect(run()).toEqual({ said: [], code: undefined })
  expect(run('--help')).toEqual({ said: ['out USAGE npm run pictures'], code: 0 })
  expect(run('--all')).toEqual({ said: ['err There is no flag --all.'], code: 1 })
})
