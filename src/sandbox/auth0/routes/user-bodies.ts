import { z } from 'zod'
import { emailAddress, format } from '../validation.ts'

const phoneNumber = z.string().regex(/^\+[0-9]{1,15}$/)
const picture = format('strict-uri', (text) => /^https?:\/\//.test(text) && URL.canParse(text))
const metadata = z.record(z.string(), z.unknown())
const namePart = z.string().min(1).max(150)
const fullName = z.string().min(1).max(300)
const username = z.string().min(1).max(128)

/** Extra members are refused (auth0.md 5.2). */
export const newUser = z.strictObject({
  connection: z.string().min(1),
  email: emailAddress.optional(),
  phone_number: phoneNumber.optional(),
  username: username.optional(),
  password: z.string().min(1).optional(),
  user_metadata: metadata.optional(),
  app_metadata: metadata.optional(),
  blocked: z.boolean().optional(),
  email_verified: z.boolean().optional(),
  phone_verified: z.boolean().optional(),
  given_name: namePart.optional(),
  family_name: namePart.optional(),
  name: fullName.optional(),
  nickname: fullName.optional(),
  picture: picture.optional(),
  user_id: z.string().max(255).regex(/^\S*$/).optional(),
  verify_email: z.boolean().optional(),
})

/** `null` unsets. */
export const userChanges = z.strictObject({
  connection: z.string().min(1).optional(),
  client_id: z.string().min(1).optional(),
  email: emailAddress.nullish(),
  email_verified: z.boolean().optional(),
  verify_email: z.boolean().optional(),
  phone_number: phoneNumber.nullish(),
  phone_verified: z.boolean().optional(),
  verify_phone_number: z.boolean().optional(),
  username: username.nullish(),
  password: z.string().min(1).nullish(),
  blocked: z.boolean().optional(),
  user_metadata: metadata.optional(),
  app_metadata: metadata.optional(),
  given_name: namePart.nullish(),
  family_name: namePart.nullish(),
  name: fullName.nullish(),
  nickname: fullName.nullish(),
  picture: picture.nullish(),
})

/** A checked body of `POST /users`. */
export type NewUser = z.infer<typeof newUser>
/** A checked body of `PATCH /users/{id}`. */
export type UserChanges = z.infer<typeof userChanges>
