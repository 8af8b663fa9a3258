/** Every detection setting: its name, and what it does in plain words. */
export const detectionFields = {
  buttons: {
    urgentPresses: { label: '连按算紧急', hint: '“帮忙”键连按到这个次数，按紧急求救处理' },
    urgentWindowS: { label: '连按时限', hint: '在这段时间内按够次数才算' },
    runawayPresses: { label: '按键卡住', hint: '达到这个次数后只计数，不再一次次响铃' },
    runawayWindowS: { label: '卡住时限', hint: '在这段时间内达到上面的次数' },
  },
  falls: {
    cancelWindowS: { label: '老人取消时限', hint: '这段时间内老人自己说没事，就记为取消' },
    stillnessS: { label: '跌倒后不动', hint: '跌倒后这么久不动，按更严重处理' },
    noRecoveryS: { label: '未起身', hint: '这么久还没有起身，再报一次，按更严重处理' },
    corroborationS: { label: '互相印证', hint: '两台设备在这段时间内都报跌倒，就算确认' },
  },
  wandering: {
    enabled: { label: '判断位置', hint: '关闭后只保存位置，不判断走失' },
    fences: { label: '安全区域', hint: '在所有生效的区域之外，就算走出' },
    confirmFixes: { label: '连续在外', hint: '连续这么多个位置都在区域外，才算走出' },
    dwellS: { label: '停留在外', hint: '或者在外这么久，没有位置说他已回来' },
    silenceOutsideS: { label: '在外失联', hint: '在区域外这么久没有新位置' },
    hysteresisM: { label: '回来余量', hint: '要进到边界以内这么远，才算回来，免得在边上来回报' },
    maxAccuracyM: { label: '最大误差', hint: '误差比这还大的位置不采信' },
    maxSpeedMps: { label: '最快速度', hint: '比这还快的位移当作定位跳动' },
    nightExit: {
      enabled: { label: '夜间出门', hint: '夜里开了大门又没有回来的迹象，就报' },
      from: { label: '夜间开始', hint: '城市时间，如 22:00' },
      to: { label: '夜间结束', hint: '城市时间，如 06:00' },
      returnS: { label: '夜间回来时限', hint: '开门后这么久没有回来的迹象' },
    },
    route: {
      enabled: { label: '常走路线', hint: '与老人平时走的路比较，走偏了就报' },
      awayM: { label: '偏离距离', hint: '离每条常走的路都超过这么远' },
      minWalks: { label: '学习次数', hint: '记下这么多次出行之后才开始判断' },
    },
  },
  supervision: {
    mainsS: { label: '插电设备心跳', hint: '插电的设备至少这么久报一次平安' },
    cellularS: { label: '穿戴设备心跳', hint: '带 SIM 卡的手表、挂件至少这么久报一次' },
    batteryS: { label: '电池设备心跳', hint: '用电池的按钮、传感器至少这么久报一次' },
    graceShare: { label: '宽限', hint: '在周期上再放宽这个比例，才算漏报' },
    misses: { label: '漏报次数', hint: '连续漏报这么多次才报失联' },
    batteryLowPercent: { label: '电量低', hint: '低于这个电量就提醒换电池或充电' },
    testDays: { label: '自检周期', hint: '最多隔这么多天要自检一次；填 0 则不要求' },
  },
  routine: {
    enabled: { label: '作息判断', hint: '平时醒着的时间里没有动静，打一个关怀电话' },
    minDays: { label: '学习天数', hint: '有这么多天的记录之后才开始判断' },
    marginS: { label: '晚起余量', hint: '比平时晚这么久还没有动静' },
    latest: { label: '最晚时刻', hint: '不管平时如何，到这个时刻还没有动静就报' },
    longestSilenceS: { label: '最长无动静', hint: '在家、醒着，却这么久没有任何动静' },
  },
  dangers: {
    doorOpenS: { label: '大门未关', hint: '大门开着这么久' },
    hotC: { label: '室温过高', hint: '高于这个温度' },
    coldC: { label: '室温过低', hint: '低于这个温度' },
    temperatureS: { label: '持续时间', hint: '过高或过低持续这么久才报' },
  },
  vitals: {
    hr: { low: { label: '心率下限', hint: '低于它算异常' }, high: { label: '心率上限', hint: '高于它算异常' } },
    spo2: { low: { label: '血氧下限', hint: '低于它算异常' }, high: { label: '血氧上限', hint: '一般不设限' } },
    sys: {
      low: { label: '收缩压下限', hint: '高压低于它算异常' },
      high: { label: '收缩压上限', hint: '高压高于它算异常' },
    },
    dia: {
      low: { label: '舒张压下限', hint: '低压低于它算异常' },
      high: { label: '舒张压上限', hint: '低压高于它算异常' },
    },
    body_temp: { low: { label: '体温下限', hint: '低于它算异常' }, high: { label: '体温上限', hint: '高于它算异常' } },
    readings: { label: '连续次数', hint: '连续这么多次超出上下限' },
    persistS: { label: '持续时间', hint: '并且前后至少隔这么久' },
  },
  storms: {
    devices: { label: '失联台数', hint: '同一片区失联这么多台，合成一件处理' },
    windowS: { label: '时限', hint: '在这段时间内先后失联' },
  },
}
