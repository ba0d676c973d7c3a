import Images

/// How much a server takes, and for how long.
public struct Limits: Sendable {
  /// The most bytes before a request's body.
  public var headBytes = 16_384
  /// The most bytes of a photograph.
  public var photographBytes = 32_000_000
  /// The most bytes of a question in JSON.
  public var questionBytes = 65_536
  /// The most pixels of a photograph.
  public var pixels = 48_000_000
  /// The most letters of methods, targets and other words in a question.
  public var words = 4000
  /// The most targets, boxes included, of one question.
  public var targets = 20
  /// How many photographs are kept, the latest, and how many bytes they may take together.
  public var photographs = 64, photographsBytes = 256_000_000
  /// The most bytes of a photograph in a folder, and the most photographs of a folder.
  public var fileBytes = 256_000_000, folderFiles = 100_000
  /// How many pixels the longer side of a thumbnail has, and how many of them are kept.
  public var thumbnailSide = 320, thumbnails = 600
  /// How many runs of a network are kept for further questions, and how many networks.
  public var runs = 3, networks = 4
  /// How many networks that were sent are kept.
  public var sentNetworks = 3
  /// How long one request may be worked on, in seconds.
  public var seconds = 300
  /// How many requests are worked on at once, besides those that take only a moment.
  public var jobs = 1
  /// How many requests may wait, of all clients and of one.
  public var waiting = 256, waitingOfOne = 192
  /// How many connections there may be, of all clients and of one.
  public var connections = 320, connectionsOfOne = 256
  /// How many seconds a request's head may take to arrive, and its body; how long a client may take nothing of an answer, and
  /// how long a connection may be idle.
  public var headSeconds = 10.0, bodySeconds = 60.0, stallSeconds = 20.0, idleSeconds = 60.0

  /// The limits of a server that nobody has set otherwise.
  public init() {}

  /// The pixel limit, where a network was opened with another than the library's own.
  func pixels(of limit: Int) -> Int { limit == Raster.defaultPixelLimit ? pixels : limit }
}
