"""How the page looks: three columns that become one on a telephone."""

from article10.runs.figures.map import BORDER, OUTSIDER, OUTSIDER_STRIPES, SEA

CSS = (
    """
.a10 { width: 100%; min-width: 0; max-width: 1520px; margin: 0 auto; padding: 14px 18px 28px; color: #1d2733; }
.a10-head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 14px; margin-bottom: 12px; }
.a10-head h1 { font-size: 21px; font-weight: 650; margin: 0; line-height: 1.3; }
.a10-head span { color: #5a6673; font-size: 14px; }
.a10-grid { display: grid; grid-template-columns: 290px minmax(0, 1fr) minmax(0, 1fr); gap: 14px; align-items: start; }
.a10-column { display: grid; gap: 14px; min-width: 0; }
.a10-panel { background: #fff; border: 1px solid #e1e6eb; border-radius: 8px; padding: 12px 14px; min-width: 0; }
.a10-panel h2 { font-size: 14px; font-weight: 650; margin: 0 0 8px; letter-spacing: .01em; line-height: 1.3; }
.a10-panel img { width: 100% !important; height: auto; display: block; margin-top: 6px; }
.a10-map, .a10-network { width: 100%; height: auto; display: block; border-radius: 5px; }
.a10-network { background: none; max-height: 560px; }
.a10-scale { display: flex; align-items: center; gap: 8px; font-size: 12px; color: #5a6673; margin-top: 6px; }
.a10-scale i { flex: 1; height: 8px; border-radius: 4px; border: 1px solid #dfe5ea; }
.a10-state { display: grid; grid-template-columns: 1fr 1fr; gap: 7px 12px; font-size: 12.5px; color: #5a6673; }
.a10-state b { display: block; font-size: 15.5px; font-weight: 600; color: #1d2733; line-height: 1.3; }
.a10-pair { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
.a10-hint { font-size: 12.5px; color: #5a6673; line-height: 1.4; margin: 6px 0 0 !important; }
.a10-hint code { font-size: 12px !important; color: #1d2733; background: #f1f4f7 !important; overflow-wrap: anywhere; }

.a10-table td:first-child { white-space: nowrap; }
.a10-table { max-height: 905px; overflow: auto; }
.a10-table table { width: 100%; border-collapse: collapse; font-size: 13px; }
.a10-table th { position: sticky; top: 0; background: #fff; text-align: left; font-weight: 600; color: #5a6673; }
.a10-table td, .a10-table th { padding: 3px 6px; border-bottom: 1px solid #eef1f4; }
.a10-table .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.a10-table i { display: inline-block; width: 10px; height: 10px; border-radius: 5px; margin-right: 7px;
  border: 1px solid #99a3ad; }
.a10-table small { color: #5a6673; font-size: 12px; }
.a10-table .object { color: #a03a26; } .a10-table .support { color: #1f5f99; }

.a10-news { list-style: none; padding: 0 !important; margin: 0; font-size: 13px; line-height: 1.4; height: 250px;
  overflow-y: auto; }
.a10-news li { padding: 3px 0 3px 9px; border-left: 3px solid #dfe5ea; margin-bottom: 4px; }
.a10-news li.now { border-color: #0072b2; background: #f1f7fb; }
.a10-news time { color: #5a6673; margin-right: 4px; font-variant-numeric: tabular-nums; }

.a10-slider { border-left: 3px solid transparent; padding-left: 7px; margin-left: -10px; }
.a10-moved { border-color: #0072b2; }
.a10-name { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 8px; font-size: 12.5px;
  line-height: 1.35; margin-top: 7px; cursor: help; }
.a10-name b { font-weight: 600; font-variant-numeric: tabular-nums; }
.a10-slider .v-input__slider { margin: 0 -6px; } .a10-slider .v-slider { min-height: 26px; }
.a10-slider .v-input__slot, .a10-slider .v-messages { margin: 0 !important; min-height: 0 !important; }

.v-application .a10 .v-text-field { padding-top: 14px; margin-top: 0; font-size: 14px; }
.v-application .a10 .v-text-field__details { display: none; }
.v-application .a10 .v-text-field > .v-input__control > .v-input__slot { margin-bottom: 4px; }
.a10-controls > :first-child .v-text-field { margin-top: 8px; }
.v-application .a10 .v-btn { min-width: 64px; text-transform: none; letter-spacing: .01em; }
.v-application .a10 .v-alert { margin: 10px 0 0; font-size: 13px; }

@media (max-width: 1150px) {
  .a10-grid { grid-template-columns: 270px minmax(0, 1fr); }
  .a10-column:last-child { grid-column: 1 / -1; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
}
@media (max-width: 760px) {
  .a10 { padding: 10px 8px 20px; }
  .a10-grid, .a10-column:last-child { gap: 10px; grid-template-columns: minmax(0, 1fr); }
  .a10-grid { display: flex; flex-direction: column; align-items: stretch; }
  .a10-column { display: contents; }
  .a10-panel { padding: 10px; }
  .a10-controls > :nth-child(1), .a10-controls > :nth-child(2) { order: -2; }
  .a10-column:nth-child(2) > :nth-child(-n + 3) { order: -1; }
  .a10-column:nth-child(2) > :nth-child(4) { order: 1; }
  .a10-table { max-height: none; }
  .a10-table td, .a10-table th { padding: 3px 4px; }
}
"""
    f"""
.a10-map {{ background: {SEA}; }}
.a10-looks {{ display: flex; flex-wrap: wrap; gap: 2px 12px; font-size: 12px; color: #5a6673; margin-top: 4px; }}
.a10-looks b {{ display: inline-block; width: 18px; height: 10px; margin-right: 5px; border: 1px solid {BORDER}; }}
.a10-barred {{ background: repeating-linear-gradient(135deg, {BORDER} 0 2px, #fff 2px 6px); }}
.a10-outsider {{ background: radial-gradient({OUTSIDER_STRIPES} 1px, {OUTSIDER} 1.4px) 0 0 / 5px 5px; }}
"""
)
