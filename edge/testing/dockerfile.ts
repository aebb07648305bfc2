import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'

/** What a Dockerfile's last stage would be started with. */
export interface BuiltStage {
  /** Stands for `/` of the image. */
  readonly root: string
  readonly workdir: string
  readonly env: Record<string, string>
  readonly user: string | undefined
  readonly command: string[]
  readonly healthcheck: string[]
}

interface Instruction {
  readonly name: string
  readonly rest: string
}

function instructionsOf(dockerfile: string): Instruction[] {
  return dockerfile
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? []
      return { name, rest }
    })
}

async function run(command: string, cwd: string, env: Record<string, string>): Promise<void> {
  const child: ChildProcess = spawn('bash', ['-ec', command], {
    cwd,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`${command} ended with ${code}`)
}

/**
 * Carries out a Dockerfile's steps without a container engine: each stage is a folder of its own, a RUN is a
 * command in it. What a base image brings (Node, a user) comes from this machine. Knows the instructions that
 * ours uses, and throws at any other.
 *
 * @param context what `COPY . .` copies
 */
export async function carryOut(dockerfile: string, context: string, scratch: string): Promise<BuiltStage> {
  const stages = new Map<string, string>()
  let stage: BuiltStage = { root: '', workdir: '', env: {}, user: undefined, command: [], healthcheck: [] }
  const inside = (path: string): string =>
    path.startsWith('/') ? join(stage.root, path) : join(stage.workdir, path)

  const copy = async (rest: string): Promise<void> => {
    const words = rest.split(/\s+/)
    const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length)
    const paths = words.filter((word) => !word.startsWith('--'))
    const target = paths.pop() ?? ''
    for (const path of paths) {
      const source = from === undefined ? join(context, path) : join(stages.get(from) ?? '', path)
      const isInto = target.endsWith('/') || target === '.'
      await cp(
        source,
        isInto && path !== '.' ? join(inside(target), path.split('/').at(-1) ?? '') : inside(target),
        { recursive: true, verbatimSymlinks: true },
      )
    }
  }

  for (const { name, rest } of instructionsOf(dockerfile)) {
    switch (name) {
      case 'FROM': {
        const alias = / AS (\w+)/.exec(rest)?.[1] ?? 'final'
        const root = join(scratch, alias)
        await mkdir(root, { recursive: true })
        stages.set(alias, root)
        stage = { root, workdir: root, env: {}, user: undefined, command: [], healthcheck: [] }
        break
      }
      case 'WORKDIR':
        stage = { ...stage, workdir: join(stage.root, rest) }
        await mkdir(stage.workdir, { recursive: true })
        break
      case 'COPY':
        await copy(rest)
        break
      case 'RUN':
        await run(rest, stage.workdir, stage.env)
        break
      case 'ENV': {
        const [key = '', value = ''] = rest.split('=')
        stage = { ...stage, env: { ...stage.env, [key]: value } }
        break
      }
      case 'USER':
        stage = { ...stage, user: rest }
        break
      case 'CMD':
        stage = { ...stage, command: JSON.parse(rest) as string[] }
        break
      case 'HEALTHCHECK':
        stage = { ...stage, healthcheck: JSON.parse(rest.slice(rest.indexOf('CMD ') + 4)) as string[] }
        break
      case 'EXPOSE':
        break
      default:
        throw new Error(`This does not know the instruction ${name}.`)
    }
  }
  return stage
}
