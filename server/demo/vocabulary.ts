/** Words of the invented files. Plausible, not advice. */

/** What people speak where; the south and east of the city speaks Wu, the west Gan, the north Hui. */
export const DIALECTS: Record<string, string> = {
  '361102': '上饶话',
  '361103': '广丰话',
  '361104': '上饶话',
  '361123': '玉山话',
  '361124': '铅山话',
  '361125': '横峰话',
  '361126': '弋阳话',
  '361127': '余干话',
  '361128': '鄱阳话',
  '361129': '万年话',
  '361130': '婺源话',
  '361181': '德兴话',
}

/** A condition with what usually comes with it. */
export interface Health {
  condition: string
  weight: number
  medicines?: string[]
  /** What a responder must know first. */
  hazards?: string[]
  /** How much it disables, in levels of ability; 0.3 when not given. */
  burden?: number
}

export const HEALTH: readonly Health[] = [
  { condition: '高血压', weight: 50, medicines: ['氨氯地平 5mg 每日一次'], burden: 0.1 },
  {
    condition: '2 型糖尿病',
    weight: 22,
    medicines: ['二甲双胍 0.5g 每日两次'],
    hazards: ['可能低血糖, 意识不清先测血糖'],
  },
  {
    condition: '冠心病',
    weight: 16,
    medicines: ['阿司匹林 100mg 每日一次', '硝酸甘油 必要时'],
    hazards: ['硝酸甘油在床头'],
  },
  { condition: '心房颤动', weight: 8, medicines: ['利伐沙班 15mg 每日一次'], hazards: ['服抗凝药, 跌倒须防内出血'] },
  {
    condition: '脑梗死后遗症',
    weight: 9,
    medicines: ['氯吡格雷 75mg 每日一次'],
    hazards: ['左侧肢体无力, 说话不清'],
    burden: 1.4,
  },
  {
    condition: '慢阻肺',
    weight: 11,
    medicines: ['噻托溴铵 吸入'],
    hazards: ['低流量吸氧, 家有氧气瓶, 禁明火'],
    burden: 0.6,
  },
  { condition: '骨质疏松', weight: 16, medicines: ['碳酸钙 D3 每日一次'], hazards: ['易骨折, 勿随意搬动'] },
  { condition: '膝骨关节炎', weight: 18, burden: 0.5 },
  {
    condition: '阿尔茨海默病 (轻度)',
    weight: 6,
    medicines: ['多奈哌齐 5mg 睡前'],
    hazards: ['可能走失, 记不住地址'],
    burden: 1.5,
  },
  {
    condition: '帕金森病',
    weight: 4,
    medicines: ['多巴丝肼 0.25g 每日三次'],
    hazards: ['行动迟缓, 开门慢'],
    burden: 1.3,
  },
  { condition: '老年性耳聋', weight: 12, hazards: ['听力差, 电话可能听不到'] },
  { condition: '白内障', weight: 9, hazards: ['视力差, 走近时先出声'] },
  { condition: '慢性肾病 4 期', weight: 3, hazards: ['左臂有透析内瘘, 勿在左臂量血压'], burden: 0.8 },
  { condition: '髋关节置换术后', weight: 4, hazards: ['右髋人工关节, 勿屈髋过 90 度'], burden: 0.9 },
]

/** How a responder gets in; a code or hiding place is never written down. */
export const ACCESS = {
  flat: [
    '密码钥匙盒在门右, 密码到场可见',
    '单元门禁找物业值班室, 24 小时有人',
    '备用钥匙在社区网格员处',
    '对门邻居有钥匙; 无电梯',
    '智能门锁, 到场后由中心远程开门',
  ],
  street: [
    '密码钥匙盒在门右, 密码到场可见',
    '临街卷闸门旁小门进, 上二楼',
    '备用钥匙在社区网格员处',
    '隔壁店铺有备用钥匙',
    '巷子窄, 救护车停巷口, 步行约 80 米',
  ],
  village: [
    '密码钥匙盒在大门右侧, 密码到场可见',
    '院门不上锁, 堂屋门从侧面推开',
    '邻居有备用钥匙; 院内有狗, 拴着',
    '村委会有备用钥匙, 车可开到门口',
    '路窄, 救护车停村口, 步行约 150 米',
  ],
} as const
