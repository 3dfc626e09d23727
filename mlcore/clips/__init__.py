"""The one door for clips: an animation, a video or a row of pictures goes in, frames or one clear refusal come out."""

from mlcore.clips.door import ENDINGS, MOST_FRAMES, Clip, decode, from_frames
from mlcore.clips.size import fit, fitted, strip

__all__ = ["ENDINGS", "MOST_FRAMES", "Clip", "decode", "fit", "fitted", "from_frames", "strip"]
