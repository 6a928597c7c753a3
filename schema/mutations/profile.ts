import { builder } from '../builder.ts'
import * as check from './checks.ts'
import { checkedImageSize, readImage } from './image.ts'
import { userInput, userMutation } from './user-mutation.ts'

userMutation('setUsername', {
  scopes: ['users:credentials'],
  input: builder.inputType('SetUsernameInput', {
    fields: (t) => ({ id: t.id({ required: true }), username: t.string({ required: true }) }),
  }),
  checks: { username: check.nameText },
  action: (users) => users.setUsername,
  run: (set, id, { username }, call) => set(id, username, call),
})

userMutation('removeUsername', {
  scopes: ['users:credentials'],
  input: userInput('RemoveUsernameInput'),
  action: (users) => users.removeUsername,
  run: (remove, id, _, call) => remove(id, call),
})

userMutation('setProfileImage', {
  description: 'Sent as a multipart request.',
  scopes: ['users:write'],
  input: builder.inputType('SetProfileImageInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      file: t.field({ type: 'File', required: true, description: 'PNG, JPEG, GIF or WebP, at most 5 MB.' }),
    }),
  }),
  checks: { file: checkedImageSize },
  action: (users) => users.setProfileImage,
  run: async (set, id, { file }, call) => set(id, await readImage(file, ['file']), call),
})

userMutation('removeProfileImage', {
  scopes: ['users:write'],
  input: userInput('RemoveProfileImageInput'),
  action: (users) => users.removeProfileImage,
  run: (remove, id, _, call) => remove(id, call),
})
