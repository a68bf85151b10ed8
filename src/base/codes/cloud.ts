/** Codes of signing in to clouds: what their token services answered, and what is missing to ask them. */
import type { CodeEntry } from '../codes.ts'

export const cloudCodes = {
  CLOUD_CREDENTIALS_MISSING: {
    severity: 'error',
    message: '{from} has nothing to sign in to {registry} with: {reason}',
    hint: 'Complete the connector or the settings of the step; docs/registries.md lists the ways to sign in.',
    explain:
      'A cloud registry takes a login that is made from something else: keys, a certificate, an identity token, or the identity of the machine. None of it was found where it was looked for.',
  },
  CLOUD_CREDENTIALS_UNREADABLE: {
    severity: 'error',
    message: 'the {what} of {from} cannot be read: {reason}',
    hint: 'Store it again as the cloud gave it, whole; base64 of it is fine.',
    explain: 'A key file, certificate or identity token is damaged or of another kind. What it holds is never shown.',
  },
  CLOUD_CREDENTIALS_REFUSED: {
    severity: 'error',
    message: '{service} refused the credentials of {from}: {reason}',
    hint: 'Are they complete, of this cloud, and not revoked?',
    explain: 'The token service answered and does not know these credentials: a key that was deleted, a secret that is wrong or of another account or tenant.',
  },
  CLOUD_CREDENTIALS_EXPIRED: {
    severity: 'error',
    message: '{service} says that the credentials of {from} have expired: {reason}',
    hint: 'Give new ones. Session keys and identity tokens last minutes to hours: take them just before the run.',
    explain:
      'The key, secret, certificate or identity token was good once. Long runs need credentials that can be renewed: keys, a key file, or the identity of the machine.',
  },
  CLOUD_ROLE_REFUSED: {
    severity: 'error',
    message: '{service} does not let {from} act as {role}: {reason}',
    hint: 'The trust of that role or account must name who asks; for AWS also its external id and the audience of the identity token.',
    explain:
      'Signing in goes through a role (AWS) or a service account (Google) that somebody else may act as. Either it does not exist, or it does not trust the identity that asked.',
  },
  CLOUD_PERMISSION_MISSING: {
    severity: 'error',
    message: '{from} may not {action}: {reason}',
    hint: 'Grant this right to the identity, or leave the request to somebody who has it.',
    explain: 'The cloud knows who asks and says no. The reason is its own and usually names the identity and the right.',
  },
  CLOUD_CLOCK_OFF: {
    severity: 'error',
    message: '{service} refused the request of {from} because of its time: {reason}',
    hint: 'Set the clock of this machine: a few minutes off are too many.',
    explain: 'Requests to clouds are signed with the time. When the clock of the machine is wrong they look old, or as if they came from the future.',
  },
  CLOUD_REGION_WRONG: {
    severity: 'error',
    message: '{service} cannot serve {from}: {reason}',
    hint: 'Check the region and the account in the name of the registry.',
    explain: 'The registry’s name holds a region or an account that does not exist, is not switched on, or is not that of the credentials.',
  },
  CLOUD_SERVICE_FAILED: {
    severity: 'error',
    message: '{service} failed at {what}: {reason}',
    hint: 'Try again later; if it stays, the reason is for the cloud’s support.',
    explain: 'The token service or the registry’s interface answered with something that is neither a yes nor a known no.',
  },
  REPOSITORY_CARE_FAILED: {
    severity: 'error',
    message: '{action} of {repository} failed: {reason}',
    hint: 'Check the policy file and the name of the repository.',
    explain:
      'Before a push the step asked for something about the repository: to create it, to scan what is pushed, or to set a policy. The registry refused that.',
  },
  REPOSITORY_CARE_NOTHING: {
    severity: 'warning',
    message: '{setting} has no effect on {repository}: {because}',
    explain: 'The settings of the step ask for something that this kind of registry does not have.',
  },
} as const satisfies Record<string, CodeEntry>
