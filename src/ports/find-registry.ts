/** The registry that an identity has at its cloud, for who names none: `123456789012.dkr.ecr.eu-west-1.amazonaws.com`. Throws a Problem when the cloud says no. */
import type { LoginSettings } from '../image-job/login.ts'

export type FindRegistry = (login: LoginSettings, region: string, o: { readonly signal: AbortSignal }) => Promise<string>
