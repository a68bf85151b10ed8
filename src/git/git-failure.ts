/** What git's last words mean: one cause, told in the user's terms, and whether another try may help. */
import { type Problem, problem } from '../base/problem.ts'

export interface FailedClone {
  /** Without credentials. */
  readonly address: string
  /** What was being done, for failures that have no name: "fetch from". */
  readonly what: string
  /** Whose login was used: `connector github`, or what to add. */
  readonly login: string
  /** Where ssh hosts are remembered. */
  readonly knownHosts: string
}

type Telling = (reason: string, o: FailedClone) => Problem

/** The first that fits counts: a certificate that is not trusted ends in "unable to access", like much else. */
const causes: readonly (readonly [RegExp, Telling])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed|Host key for .* has changed/i,
    (reason, o) => problem('GIT_HOST_KEY', { address: o.address, reason, file: o.knownHosts }),
  ],
  [
    /SSL certificate problem|server certificate verification failed|certificate verify failed|SSL: no alternative certificate|certificate subject name|SSL peer certificate/i,
    (reason, o) => problem('GIT_CERTIFICATE', { address: o.address, reason }),
  ],
  [
    /Could not resolve host|Could not resolve hostname|Temporary failure in name resolution|Name or service not known/i,
    (_reason, o) => problem('GIT_HOST_UNKNOWN', { address: o.address }, { retryable: true }),
  ],
  [
    /could not read Username|could not read Password|Authentication failed|Permission denied|HTTP Basic: Access denied|The requested URL returned error: 40[13]|Load key .*(?:invalid format|error in libcrypto|incorrect passphrase)|Too many authentication failures/i,
    (reason, o) => problem('GIT_UNAUTHORIZED', { address: o.address, reason, login: o.login }),
  ],
  [
    /repository .* not found|Repository not found|does not appear to be a git repository|The requested URL returned error: 404|does not exist|no such repository/i,
    (_reason, o) => problem('GIT_REPOSITORY_MISSING', { address: o.address }),
  ],
  [
    /Connection refused|Connection timed out|timed out|Connection reset|Failed to connect|Couldn't connect|Network is unreachable|No route to host|early EOF|RPC failed|unexpected disconnect|remote end hung up|The requested URL returned error: (?:429|5\d\d)|kex_exchange_identification|Connection closed by|Empty reply from server|GnuTLS recv error|SSL_read|Operation too slow/i,
    (reason, o) => problem('GIT_UNREACHABLE', { address: o.address, reason }, { retryable: true }),
  ],
]

export function gitFailure(text: string, o: FailedClone): Problem {
  for (const [sign, tell] of causes) {
    const line = lineOf(text, sign)
    if (line !== undefined) return tell(line, o)
  }
  return problem('GIT_FAILED', { what: o.what, address: o.address, reason: lastWords(text) })
}

/** The line that says so, as a person would say it. */
function lineOf(text: string, sign: RegExp): string | undefined {
  const line = text.split(/\r?\n|\r/).find((one) => sign.test(one))
  return line === undefined ? undefined : plain(line)
}

/** The last line that is not only advice. */
export function lastWords(text: string): string {
  const lines = text.split(/\r?\n|\r/).map(plain)
  return lines.findLast((line) => line !== '' && !/^(?:hint:|and the repository exists|Please make sure)/.test(line)) ?? 'it gave no reason'
}

function plain(line: string): string {
  return line
    .trim()
    .replace(/^(?:fatal|error|remote|ERROR): /i, '')
    .replace(/^unable to access '[^']*': /, '')
    .replace(/^@+\s*|\s*@+$/g, '')
}
