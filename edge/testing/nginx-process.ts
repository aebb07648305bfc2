import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isListening } from './is-listening.ts'

/** nginx of the system; undefined where there is none. */
export const findNginx = (): string | undefined =>
  [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
    .map((folder) => join(folder, 'nginx'))
    .find((path) => existsSync(path))

export interface NginxProcess {
  stop(): Promise<void>
}

/**
 * Runs nginx as this user, with everything that it writes in `folder`, and waits until it listens.
 *
 * @param http what stands inside `http { … }`
 */
export async function startNginx(folder: string, port: number, http: string): Promise<NginxProcess> {
  const nginx = findNginx()
  if (nginx === undefined)
    throw new Error('There is no nginx on this machine. On Debian and Ubuntu: apt-get install nginx-light.')
  await mkdir(join(folder, 'logs'), { recursive: true })
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${join(folder, kind)};`)
    .join(' ')
  // Started by root it would read files as nobody.
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  const config = `${user} daemon off; worker_processes auto; pid ${join(folder, 'nginx.pid')}; error_log ${join(folder, 'logs', 'error.log')};
events { worker_connections 1024; }
http { access_log off; ${temporary}
${http}
}`
  await writeFile(join(folder, 'nginx.conf'), config)
  const child = spawn(nginx, [
    '-p',
    folder,
    '-e',
    join(folder, 'logs', 'error.log'),
    '-c',
    join(folder, 'nginx.conf'),
  ])
  let err = ''
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const exited = once(child, 'exit')
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`nginx did not start: ${err}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return {
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
