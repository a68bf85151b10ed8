/** What goes wrong with the secrets that this machine keeps. */
import type { CodeEntry } from '../codes.ts'

export const secretsCodes = {
  SECRET_SHORT: {
    severity: 'warning',
    message: 'the secret "{name}" has {length} characters: so short a text cannot be masked well',
    hint: 'use a longer one',
    explain: 'Masks replace every place where the text of a secret appears. A text of one to three characters appears by chance everywhere.',
  },
  IMAGE_SHOWS_SECRET: {
    severity: 'warning',
    message: 'the configuration of the image holds a secret, for everybody to see: {places}',
    hint: 'hand it to the RUN that needs it: RUN --mount=type=secret',
    explain:
      'The Dockerfile put the value of a secret, mostly that of a build argument, into something that every image carries with it and that whoever may pull it can read.',
  },
  SECRET_EMPTY: {
    severity: 'error',
    message: 'the secret "{name}" would be empty',
    hint: 'pipe the value in, type it when asked, or use --file or --from-env',
    explain: 'An empty value is a mistake more often than a wish: a pipe whose program has failed, or a file that was just made.',
  },
  SECRET_NAME_BAD: {
    severity: 'error',
    message: '"{name}" is no name for a secret',
    hint: 'letters, digits, dots, hyphens and underscores, perhaps with account. or org. in front',
    explain: 'Pipelines name secrets by identifiers, with account. or org. in front for those of wider scopes.',
  },
  SECRET_LINE_BAD: {
    severity: 'error',
    message: 'this line is no NAME=value',
    hint: 'write NAME=value, a comment that begins with #, or nothing',
    explain: 'A file of secrets has one on each line, as .env files do. Nothing of the file was taken.',
  },
  SECRET_VARIABLE_UNSET: {
    severity: 'error',
    message: 'the environment has no variable {variable}',
    hint: 'export it first, or pipe the value in',
    explain: 'The value of the secret was to come from a variable that is not set.',
  },
  SECRET_NOT_KEPT: {
    severity: 'error',
    message: 'there is no secret "{name}" to remove; there are: {known}',
    explain: 'The secret store of this machine has none of that name.',
  },
  SECRETS_UNUSABLE: {
    severity: 'error',
    message: 'the secret store {file} cannot be used: {reason}',
    hint: 'check the rights and the free space of its folder',
    explain: 'The database of sealed secrets could not be opened or written. Nothing of it was changed.',
  },
  SECRETS_DAMAGED: {
    severity: 'error',
    message: 'the secret "{name}" in {file} does not open with the key of the store',
    hint: 'set it again with: slipway secret set {name}',
    explain: 'Each value is sealed together with its name. This one was changed, moved to another name or damaged since, so it is not used.',
  },
  SECRETS_KEY_UNREADABLE: {
    severity: 'error',
    message: 'the key of the secret store, {file}, cannot be read: {reason}',
    hint: 'bring the key file back from a copy, or remove secrets.db beside it and set the secrets again',
    explain: 'Stored secrets are sealed with a key that lies in a file of its own. Without it they cannot be opened, by nobody.',
  },
  SECRETS_KEY_OPEN: {
    severity: 'error',
    message: 'the key of the secret store, {file}, may be read by others',
    hint: 'chmod 600 {file}, and set new secrets if somebody may have read it',
    explain: 'Who can read the key can open every secret, so a key that others may read is not used.',
  },
  SECRETS_KEY_WRONG: {
    severity: 'error',
    message: 'the key in {file} is not the one that the secrets are sealed with',
    hint: 'bring the right key file back from a copy',
    explain: 'The store keeps a proof of its key, and this key does not open it: the key file or the store was exchanged.',
  },
  SECRETS_PASSPHRASE_MISSING: {
    severity: 'error',
    message: 'the secret store is sealed with a passphrase, and none was given',
    hint: 'give it in the environment as SLIPWAY_SECRETS_PASSPHRASE',
    explain: 'A store that was begun with a passphrase has no key file: the key is made of the passphrase each time.',
  },
  SECRETS_PASSPHRASE_WRONG: {
    severity: 'error',
    message: 'the passphrase of the secret store is wrong',
    hint: 'check SLIPWAY_SECRETS_PASSPHRASE',
    explain: 'The store keeps a proof of its key, and the key made of this passphrase does not open it.',
  },
} as const satisfies Record<string, CodeEntry>
