/** Repositories made by the real git, away from the configuration of whoever runs the tests. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { findProgram } from './real.ts'
import { needs } from './skip.ts'

export const gitHere = needs(findProgram('git', process.env) !== undefined, 'git is not on PATH')

export interface Repository {
  readonly dir: string
  /** Answers without the last line end. */
  git(...args: readonly string[]): string
  /** Writes the files and commits them; answers the commit. */
  commit(files: Readonly<Record<string, string>>, message?: string): string
}

export function repositoryAt(dir: string): Repository {
  mkdirSync(dir, { recursive: true })
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: dir,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'An Author',
    GIT_AUTHOR_EMAIL: 'author@example.com',
    GIT_COMMITTER_NAME: 'A Committer',
    GIT_COMMITTER_EMAIL: 'committer@example.com',
    GIT_ALLOW_PROTOCOL: 'file:http:https:ssh',
  }
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], { cwd: dir, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd()
  git('init', '--quiet', '-b', 'main')
  return {
    dir,
    git,
    commit(files, message = 'a change') {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(dir, name)), { recursive: true })
        writeFileSync(join(dir, name), text)
      }
      git('add', '--all')
      git('commit', '--quiet', '-m', message)
      return git('rev-parse', 'HEAD')
    },
  }
}
