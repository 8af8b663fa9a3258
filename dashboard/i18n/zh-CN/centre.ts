/** The frame of the call centre's pages. */
export const centre = {
  centre: {
    title: '安护 · 值班中心',
    menu: '值班中心',
    tabs: {
      shift: '我的班次',
      desk: '分派规则',
      handover: '交接班',
      search: '警情查询',
      residents: '居民档案',
      wall: '值班大屏',
      roster: '排班',
      levels: '服务水平',
      quality: '质量检查',
      reports: '报表',
      protocols: '处置预案',
      escalation: '升级规则',
      drills: '演练与自检',
      audit: '审计',
      calls: '通话与录音',
    },
  },
}
