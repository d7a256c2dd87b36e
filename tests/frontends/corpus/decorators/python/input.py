from app import route


@route("/orders", methods=["GET"])
@cached
def orders(request):
    return request.user


@dataclass
class Point:
    @staticmethod
    def origin():
        pass
