class Point:
    @staticmethod
# between a decorator and what it decorates
    def origin():
        return 0

    @property
  # todo: round it

    async def distance(self):
        return 1
