import type { TestApp } from './app.ts'
import { addFile } from './case-file.ts'

/** A file with everything: names as long as they get, ten conditions, notices, a code, hours of contacts. */
export async function addRichFile(app: TestApp, deviceId: string, name = '欧阳慕容阿依古丽·买买提江'): Promise<string> {
  const { db } = app.database.store
  const residentId = await addFile(app, deviceId, name)
  await db
    .updateTable('resident')
    .set({
      lives_alone: true,
      dialect: '弋阳话',
      conditions: [
        '高血压',
        '2 型糖尿病',
        '冠心病',
        '心房颤动',
        '脑梗死后遗症',
        '慢阻肺',
        '骨质疏松',
        '膝骨关节炎',
        '老年性耳聋',
        '慢性肾病 4 期',
      ],
      medicines: [
        '氨氯地平 5mg 每日一次',
        '二甲双胍 0.5g 每日两次',
        '华法林 3mg 每日一次',
        '硝酸甘油 必要时',
        '噻托溴铵 吸入',
        '碳酸钙 D3 每日一次',
      ],
      allergies: ['青霉素', '碘造影剂'],
      hazards: ['服抗凝药, 跌倒须防内出血', '左臂有透析内瘘, 勿在左臂量血压'],
    })
    .where('resident_id', '=', residentId)
    .execute()
  const code = await db.selectFrom('division').select('code').where('level', '=', 'town').limit(1).executeTakeFirst()
  await db
    .updateTable('home')
    .set({
      address: '桃源街道状元路 18 号信江花园三期 2 栋 3 单元 301 室',
      access: '密码钥匙盒在门右; 单元门禁找物业值班室',
      division_code: code?.code ?? null,
    })
    .where('home_id', '=', `home-${deviceId}`)
    .execute()
  const always = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00' }]
  await db
    .updateTable('contact')
    .set({ note: '在浙江义乌务工', away_until: new Date(app.clock.now() + 3 * 86_400_000) })
    .where('resident_id', '=', residentId)
    .where('position', '=', 1)
    .execute()
  await db
    .updateTable('contact')
    .set({ note: '同楼 201, 有备用钥匙', windows: JSON.stringify(always) })
    .where('resident_id', '=', residentId)
    .where('position', '=', 2)
    .execute()
  await db
    .insertInto('contact')
    .values([
      { resident_id: residentId, position: 3, name: '程军', relation: '儿子', phone: '13700009032', note: null },
      {
        resident_id: residentId,
        position: 4,
        name: '余建平',
        relation: '网格员',
        phone: '15800001234',
        note: '工作日 8:00–18:00',
        windows: JSON.stringify([{ days: [1, 2, 3, 4, 5, 6, 7], from: '08:00', to: '08:01' }]),
      },
    ])
    .execute()
  return residentId
}
