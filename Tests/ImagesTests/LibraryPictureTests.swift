import Foundation
import Images
import Testing

/// Files of 3 × 2 pixels that Pillow 13 made, and of 8 × 8 of one colour.
private enum Sample {
  static let colors: [UInt8] = [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30, 200, 100, 50, 255, 255, 255]
  static let webP =
    "UklGRkIAAABXRUJQVlA4TDYAAAAvAkAAAC9AkG2zQdzr/jLTIJO2yV//dmZtZNI2rYf986+y8x9o5JGs+wYEApSx4oFtIvof4wU="
  static let webPWithAlpha =
    "UklGRkYAAABXRUJQVlA4TDkAAAAvAkAAEC9AkG1TiXndX+YaZNI27Vv/emZtYhpiOrj1b4lA0sbm48kfmPMzsqpNEJCQKXnki4j+RywA"
  static let animatedWebP =
    "UklGRtgAAABXRUJQVlA4WAoAAAACAAAAAgAAAQAAQU5JTQYAAAAAAAAAAABBTk1GUgAAAAAAAAAAAAIAAAEAAGQAAAJWUDhMOQAAAC8CQAAAL0CQ"
    + "bTOJeR3wrtMgk7bJXUNzP21k0jbUQ+/5VzNLnf9AA5td3yVQyDYCHLrX4Eguov8xvABBTk1GUgAAAAAAAAAAAAIAAAEAAGQAAABWUDhMOQAAAC8C"
    + "QAAAL0CQbTOJeR3wrtMgk7bJXUNzP21kAhZbB7f+aVQy/wHmvtnDKoJCthHg0L0kR3IR/Y93AAA="
  static let animatedGIF =
    "R0lGODlhAwACAIIAAP///wD/AMhkMgoUHv8AAAAA/wAAAAAAACH5BAAKAAAALAAAAAADAAIAAAgJAAkEKDBAAICAACH5BAEKAAYALAAAAAADAAIAgv"
    + "Xr4f//ADebzQD///8A/wAAAAAAAAAAAAgJAAcQCABAQIGAADs="
  static let avif =
    "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADrbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAAAAAAAOcGl0"
    + "bQAAAAAAAQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAETAAAAHQAAAChpaW5mAAAAAAABAAAAGmluZmUCAAAAAAEAAGF2MDFDb2xvcgAAAABqaXBy"
    + "cAAAAEtpcGNvAAAAFGlzcGUAAAAAAAAACAAAAAgAAAAQcGl4aQAAAAADCAgIAAAADGF2MUOBAAwAAAAAE2NvbHJuY2x4AAEADQAGgAAAABdpcG1h"
    + "AAAAAAAAAAEAAQQBAoMEAAAAJW1kYXQSAAoIGAi/YICGg0IyDxAAAEcjkYh5VXnBy5P9RQ=="
  static let heic =
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAXxtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAA"
    + "AERAAAEAAQAAAAABoAABAAAAAAAAADYAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA/GlwcnAAAADc"
    + "aXBjbwAAAHVodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQApQgEBA3AAAAMAkAAAAwAA"
    + "AwAeoCCBBZbqrprm4CGgwIAAAAyAAAADAIRiAAEABkQBwXPBiQAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAAChjbGFw"
    + "AAAACAAAAAEAAAAIAAAAAf///8gAAAAC////yAAAAAIAAAAQcGl4aQAAAAADCAgIAAAAGGlwbWEAAAAAAAAAAQABBYECAwWEAAAAPm1kYXQAAAAy"
    + "KAGvBjIWZzSJIPC79f//9jb/ZfgDks1snrhH6GPH5LeQkZ70X3sYUuU8dCD0nFO5zYA="

  static func bytes(_ text: String) -> [UInt8] { Array(Data(base64Encoded: text) ?? Data()) }
}

/// Every file cut at each byte, and with each byte changed: refused or read, never worse.
private func survivesDamage(_ file: [UInt8]) {
  for count in file.indices { _ = try? Raster(decoding: Array(file[..<count]), named: "it", pixelLimit: 1_000_000) }
  for index in file.indices {
    var damaged = file
    damaged[index] ^= 0x55
    _ = try? Raster(decoding: damaged, named: "it", pixelLimit: 1_000_000)
  }
}

@Suite(.enabled(if: PictureLibrary.libwebp.version != nil, "libwebp is not installed"))
struct `WebP files` {
  @Test func `keep their colours, and lie over white where they are transparent`() throws {
    #expect(try Raster(decoding: Sample.bytes(Sample.webP), named: "it").samples == Sample.colors)
    let faded = try Raster(decoding: Sample.bytes(Sample.webPWithAlpha), named: "it")
    #expect(faded[0, 0] == (255, 0, 0) && faded[1, 0] == (127, 255, 127) && faded[2, 0] == (255, 255, 255))
  }

  @Test func `that are animated give their first frame, or the one that is named`() throws {
    let file = Sample.bytes(Sample.animatedWebP)
    let first = try Raster(decoding: file, named: "a.webp")
    #expect(first.samples == Sample.colors)
    #expect(first.remarks == ["is animated, 2 frames: the first is taken; 'a.webp#2' is the second"])
    #expect(try Raster(decoding: file, page: 2, named: "a.webp").samples == Sample.colors.map { 255 - $0 })
    #expect(throws: ImageError.self) { try Raster(decoding: file, page: 3, named: "a.webp") }
  }

  @Test func `survive any damage`() {
    for text in [Sample.webP, Sample.animatedWebP] { survivesDamage(Sample.bytes(text)) }
  }
}

@Suite(.enabled(if: PictureLibrary.giflib.version != nil, "giflib is not installed"))
struct `GIF files` {
  @Test func `that are animated give their first frame, or the one that is named`() throws {
    let file = Sample.bytes(Sample.animatedGIF)
    let first = try Raster(decoding: file, named: "a.gif")
    #expect(first.samples == Sample.colors)
    #expect(first.remarks == ["is animated, 2 frames: the first is taken; 'a.gif#2' is the second"])
    #expect(try Raster(decoding: file, page: 2, named: "a.gif").samples == Sample.colors.map { 255 - $0 })
    #expect(throws: ImageError.self) { try Raster(decoding: file, page: 3, named: "a.gif") }
  }

  @Test func `survive any damage`() { survivesDamage(Sample.bytes(Sample.animatedGIF)) }
}

@Suite(.enabled(if: PictureLibrary.libheif.version != nil, "libheif is not installed"))
struct `HEIC and AVIF files` {
  @Test(arguments: [Sample.heic, Sample.avif]) func `show their colour`(text: String) throws {
    let picture: Raster
    do { picture = try Raster(decoding: Sample.bytes(text), named: "it") } catch {
      // libheif without the decoder of this kind.
      guard case .unsupported = error else { throw error }
      return
    }
    #expect((picture.width, picture.height) == (8, 8))
    for (sample, wanted) in zip(picture.samples, [200, 100, 50]) { #expect(abs(Int(sample) - wanted) < 8) }
  }

  @Test func `survive any damage`() { survivesDamage(Sample.bytes(Sample.avif)) }
}
