"""Settings: read once from the environment or `.env`, checked at the start."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

TELEGRAM = "https://api.telegram.org"


class Settings(BaseSettings):
    """What a school sets; each name with `MIAOKE_` before it."""

    model_config = SettingsConfigDict(
        env_prefix="MIAOKE_", env_file=".env", extra="ignore", frozen=True
    )

    token: SecretStr = SecretStr("")
    api_url: str = TELEGRAM
    data: Path = Path("data")
    database_url: str = ""
    key: SecretStr = SecretStr("")
    old_key: SecretStr = SecretStr("")  # while keys are rotated
    clock: Path | None = Field(default=None, description="a rehearsal's clock file")
    username: str = Field(default="", description="the bot's name in links, without @")
    pace: float = Field(default=1, gt=0, description="a rehearsal's haste")

    @property
    def database(self) -> str:
        """The database's URL: SQLite in the data folder unless another is set."""
        return self.database_url or f"sqlite:///{self.data.resolve() / 'miaoke.db'}"
