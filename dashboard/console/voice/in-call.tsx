import { Button, Slider } from 'antd'
import { useTexts } from '../../i18n/i18n.ts'
import { Key } from '../../ui/key.tsx'
import { Age } from '../../ui/ticking.tsx'
import { qualityOf } from '../../voice/stats.ts'
import { hangUp, mute, playAgain, setVolume } from './talk.ts'
import type { Talk } from './talk-state.ts'

/** The call that is going on: who, how long, how it sounds, and what can be done. */
export function InCall({ talk, isElsewhere }: { talk: Talk; isElsewhere: boolean }) {
  const { t } = useTexts()
  const { phase, who, since, sound, isMuted, isHerMuted, isSearching } = talk
  return (
    <div className="voice-call" data-elsewhere={isElsewhere || undefined}>
      <p className="voice-state" role="status" data-testid="voice-state">
        <b>{stateText()}</b>
        {since === null ? null : <Age since={new Date(since).toISOString()} />}
      </p>
      {isElsewhere ? <p className="voice-who">{t('voice.elsewhere', { who })}</p> : null}
      {talk.isSilent ? (
        <div className="voice-silent" role="alert" data-testid="voice-silent">
          <span>{t('voice.silent')}</span>
          <Button size="small" type="primary" data-testid="voice-play" onClick={playAgain}>
            {t('voice.play')}
          </Button>
        </div>
      ) : null}
      {talk.isHerSilent ? (
        <p className="voice-silent" role="alert" data-testid="voice-her-silent">
          {t('voice.herSilent')}
        </p>
      ) : null}
      {phase === 'talking' ? (
        <>
          <Meter
            label={t('voice.her')}
            level={isHerMuted ? 0 : sound.heard}
            id="heard"
            note={isHerMuted ? t('voice.herMuted') : ''}
          />
          <Meter
            label={t('voice.me')}
            level={isMuted ? 0 : (sound.said ?? 0)}
            id="said"
            note={isMuted ? t('voice.muted') : ''}
          />
          <p className="voice-quality" data-testid="voice-quality" data-quality={qualityOf(sound)}>
            {isSearching ? t('voice.searching') : t(`voice.quality.${qualityOf(sound)}`)}
            {sound.roundTripMs === null ? '' : ` · ${sound.roundTripMs} ms`}
          </p>
        </>
      ) : null}
      <div className="voice-ways">
        <Button danger type="primary" data-testid="voice-hang-up" aria-keyshortcuts="C" onClick={hangUp}>
          {t('voice.hangUp')} <Key name="C" />
        </Button>
        <Button
          disabled={phase !== 'talking'}
          data-testid="voice-mute"
          aria-pressed={isMuted}
          aria-keyshortcuts="U"
          onClick={() => mute(!isMuted)}
        >
          {isMuted ? t('voice.unmute') : t('voice.mute')} <Key name="U" />
        </Button>
      </div>
      <div className="voice-volume">
        <span id="voice-volume">{t('voice.volume')}</span>
        <Slider
          min={0}
          max={1}
          step={0.1}
          value={talk.volume}
          onChange={setVolume}
          tooltip={{ open: false }}
          ariaLabelledByForHandle="voice-volume"
        />
      </div>
    </div>
  )

  function stateText(): string {
    if (phase === 'starting') return t('voice.state.starting')
    if (phase === 'ringing') return talk.isRinging ? t('voice.state.ringing') : t('voice.state.reaching')
    return isSearching ? t('voice.searching') : t('voice.state.talking')
  }
}

/** How loud somebody is; the root makes quiet speech visible. */
function Meter({ label, level, id, note }: { label: string; level: number; id: string; note: string }) {
  const percent = Math.round(Math.min(1, Math.sqrt(level)) * 100)
  return (
    <div className="voice-meter">
      <span>{label}</span>
      <meter
        aria-label={label}
        min={0}
        max={100}
        value={percent}
        data-testid={`voice-${id}`}
        data-level={level.toFixed(4)}
      />
      {note === '' ? null : <em>{note}</em>}
    </div>
  )
}
