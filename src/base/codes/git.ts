/** Codes of cloning: what the git program and the servers behind it can answer. */
import type { CodeEntry } from '../codes.ts'

export const gitCodes = {
  GIT_PROGRAM_MISSING: {
    severity: 'error',
    message: 'git is not installed, and the step clones a repository',
    hint: 'install git, or run on a copy of a local folder with --codebase DIR',
    explain: 'Repositories are cloned with the git program of this machine. A copy of a local folder needs no git.',
  },
  GIT_HOST_UNKNOWN: {
    severity: 'error',
    message: 'the host of {address} is not known',
    hint: 'check the URL of the connector, and whether this machine can look names up',
    explain: 'The name of the server could not be turned into an address. It was asked for several times, with a pause in between.',
  },
  GIT_UNREACHABLE: {
    severity: 'error',
    message: '{address} cannot be reached: {reason}',
    hint: 'check that the server runs, and that a firewall or a proxy lets the connection through',
    explain: 'The connection was refused, timed out or broke off. It was tried several times, with a pause in between, before the step failed.',
  },
  GIT_CERTIFICATE: {
    severity: 'error',
    message: 'the certificate of {address} is not trusted: {reason}',
    hint: 'name the authority with GIT_SSL_CAINFO=FILE in the environment, or set `sslVerify: false` if the server is known by other means',
    explain: 'The server showed a certificate that no trusted authority has signed, that has run out, or that is for another host. Nothing was sent to it.',
  },
  GIT_HOST_KEY: {
    severity: 'error',
    message: 'the ssh key of {address} is not the one that is known: {reason}',
    hint: 'if the server has a new key, remove its line from {file} or from ~/.ssh/known_hosts',
    explain:
      'Over ssh a host that nobody has seen before is remembered at the first connection; from then on its key must be the same. Another key means a new server, or somebody in between, so nothing is sent.',
  },
  GIT_UNAUTHORIZED: {
    severity: 'error',
    message: '{address} does not let this login in: {reason}',
    hint: 'check user, token or key of {login}, and that they may read the repository',
    explain: 'The server wants a login, and there was none, or it did not accept it. Some servers answer so, too, when the repository does not exist.',
  },
  GIT_REPOSITORY_MISSING: {
    severity: 'error',
    message: 'there is no repository at {address}',
    hint: 'check the URL of the connector and `repoName`; servers answer the same when the login may not see the repository',
    explain: 'The server answered that the repository does not exist. Many servers say this of private repositories to whoever may not read them.',
  },
  GIT_REVISION_MISSING: {
    severity: 'error',
    message: '{address} has no {revision}',
    hint: 'check `build` of the codebase or of the step: {known}',
    explain: 'The repository was reached, and the branch, tag, commit or pull request that is asked for is not in it.',
  },
  GIT_REVISION_BAD: {
    severity: 'error',
    message: '"{name}" is no name of a {what}',
    hint: 'give a name that git accepts',
    explain: 'Names of branches and tags hold no spaces, no `..`, none of `~^:?*[\\`, and do not begin with a dash. A commit is given by its hexadecimal name.',
  },
  GIT_PULL_REQUEST_UNKNOWN: {
    severity: 'error',
    message: '{address} does not offer pull request {number}',
    hint: 'check the number; some servers offer pull requests to their web interface only: name the branch instead',
    explain:
      'Pull requests are fetched by the references that servers keep for them (`refs/pull/N`, `refs/merge-requests/N`, `refs/pull-requests/N`). This server has none for the number.',
  },
  GIT_PULL_REQUEST_UNMERGED: {
    severity: 'warning',
    message: '{address} offers no merge commit for pull request {number}: its own last commit is taken',
    hint: 'set `prCloneStrategy: SourceBranch` if that is what you want; resolve conflicts of the pull request otherwise',
    explain:
      'With `prCloneStrategy: MergeCommit` the code is what the target branch would be after the merge. Servers offer such a commit only while it can be merged.',
  },
  GIT_FOLDER_TAKEN: {
    severity: 'error',
    message: 'the folder {folder} holds {what} already',
    hint: 'give the step another `cloneDirectory`',
    explain: 'A repository is cloned into a folder that holds no other repository and no file of the same name, so that nothing of an earlier step is lost.',
  },
  GIT_REPOSITORY_EMPTY: {
    severity: 'error',
    message: '{address} has no commits yet',
    hint: 'push a first commit',
    explain: 'The repository exists and is empty, so there is nothing to check out.',
  },
  GIT_LFS_MISSING: {
    severity: 'error',
    message: 'the step has `lfs: true`, and git-lfs is not installed',
    hint: 'install git-lfs, or set `lfs: false` to leave its files as pointers',
    explain: 'Large files of git LFS are downloaded by a program of their own, which is not part of git.',
  },
  GIT_PREFETCH_FAILED: {
    severity: 'error',
    message: 'the `preFetchCommand` ended with exit code {exit}',
    explain: 'The command runs in the new repository, before anything is fetched. Its output is in the log of the step.',
  },
  GIT_FAILED: {
    severity: 'error',
    message: 'git could not {what} {address}: {reason}',
    explain: 'The git program ended with an error that has no page of its own. Its last words are part of the message; `debug: true` shows each command.',
  },
  GIT_LOGIN_MISFIT: {
    severity: 'error',
    message: 'the connector "{connector}" cannot log in at {address}: {reason}',
    hint: 'give the connector an https URL with a user and a token, or an ssh URL with a key',
    explain: 'User, password and token go with http(s) addresses, keys with ssh addresses.',
  },
  CODEBASE_NO_REPOSITORY: {
    severity: 'error',
    message: '{what} names no repository to clone',
    hint: 'give `connectorRef` (and `repoName`, where the connector is for an account), or run with --codebase URL',
    explain: 'A clone needs an address: from a git connector, or from `--codebase`.',
  },
  CODEBASE_NOT_CLONED: {
    severity: 'warning',
    message: 'the connector "{connector}" of the codebase is not defined: stages see a copy of the local work tree instead of a clone',
    hint: 'define the connector in .slipway/config.yaml to clone, or say `--codebase .` to mean the local work tree',
    explain:
      'The pipeline names the repository of its code by a connector. Where that is defined, the code is cloned; where it is not, the code is the work tree that holds the pipeline file, as if there were no codebase block.',
  },
} as const satisfies Record<string, CodeEntry>
