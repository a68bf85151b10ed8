/** What git writes, in its own words, and what we make of it. */
import { describe, expect, it } from 'vitest'
import { gitFailure } from './git-failure.ts'

const o = { address: 'https://git.example/app', what: 'fetch from', login: 'connector forge', knownHosts: '/k' }

describe('failures of git', () => {
  it.each([
    ["fatal: unable to access 'https://git.example/app/': Could not resolve host: git.example", 'GIT_HOST_UNKNOWN', true],
    ['ssh: Could not resolve hostname git.example: Name or service not known\nfatal: Could not read from remote repository.', 'GIT_HOST_UNKNOWN', true],
    ["fatal: unable to access 'http://127.0.0.1:1/x/': Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server", 'GIT_UNREACHABLE', true],
    ['ssh: connect to host 127.0.0.1 port 1: Connection refused\nfatal: Could not read from remote repository.', 'GIT_UNREACHABLE', true],
    ["fatal: unable to access 'https://git.example/app/': The requested URL returned error: 503", 'GIT_UNREACHABLE', true],
    ['error: RPC failed; curl 18 transfer closed\nfatal: early EOF', 'GIT_UNREACHABLE', true],
    ["fatal: unable to access 'https://git.example/app/': server certificate verification failed. CAfile: none CRLfile: none", 'GIT_CERTIFICATE', false],
    ["fatal: unable to access 'https://git.example/app/': SSL certificate problem: self-signed certificate", 'GIT_CERTIFICATE', false],
    ["fatal: Authentication failed for 'https://git.example/app/'", 'GIT_UNAUTHORIZED', false],
    ["fatal: could not read Username for 'https://git.example': terminal prompts disabled", 'GIT_UNAUTHORIZED', false],
    ['git@git.example: Permission denied (publickey).\nfatal: Could not read from remote repository.', 'GIT_UNAUTHORIZED', false],
    ["remote: Repository not found.\nfatal: repository 'https://git.example/app/' not found", 'GIT_REPOSITORY_MISSING', false],
    ['@@@@@@@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n@@@@@@@@@@@\nHost key verification failed.', 'GIT_HOST_KEY', false],
    ['fatal: something that nobody has seen', 'GIT_FAILED', false],
  ])('%j', (text, code, retryable) => {
    expect(gitFailure(text, o)).toMatchObject({ code, retryable })
  })

  it('are told with git’s own reason, without its decoration', () => {
    expect(gitFailure("fatal: unable to access 'https://git.example/app/': SSL certificate problem: self-signed certificate", o).message).toBe(
      'the certificate of https://git.example/app is not trusted: SSL certificate problem: self-signed certificate',
    )
    expect(gitFailure('warning: x\nfatal: odd\nhint: try this\n', o).message).toContain('odd')
  })
})
