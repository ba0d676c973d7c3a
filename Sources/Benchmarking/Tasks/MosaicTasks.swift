import AttributionKit
public import Explaining
import Tensors

/// DiFull: a network for mosaics in which no cell can influence what is answered about another.
///
/// What lies outside of the cell asked about cannot be evidence. A method that is exact by construction scores 1; one that
/// weighs each channel by one number for all places shows what other cells hold as well.
public struct DisconnectedMosaics: BenchmarkTask {
  public let identifier = "difull"
  public let summary = "four pictures that the network sees each by itself, and one is asked about."
  public let citation: String? = "Rao, Böhle & Schiele, CVPR 2022, arXiv:2205.10435"
  private let pictures: [AnsweredPicture]

  /// Mosaics of these pictures in their order, four at a time and again from the beginning.
  public init(_ pictures: [AnsweredPicture]) { self.pictures = pictures }

  public func forEachCase(_ body: (BenchmarkCase) throws -> Void) throws {
    guard let first = pictures.first else { return }
    guard let model = first.explainer.model as? any DisconnectableModel, !first.explainer.hasPlaces,
      let grid = first.explainer.grid, !grid.isChannelsLast
    else { throw Refusal("the network cannot be taken apart for mosaics: leave out difull") }
    let mosaics = try model.disconnected(rows: 2, columns: 2), classes = first.explainer.names.count
    let truth = quarter(0, height: 2 * grid.height, width: 2 * grid.width)
    for (index, picture) in pictures.enumerated() {
      let cells = (0..<4).map { pictures[(index + $0) % pictures.count].subject.input }
      // The class that the picture in the first cell is taken for: its scores come first.
      guard let choice = picture.answer.ranking.first?.index, choice < classes else { continue }
      let session = try ExplanationSession(
        of: mosaics, on: Tensor(mosaicOf: cells, columns: 2), for: ClassLogit(index: choice),
        options: picture.session.options)
      try body(BenchmarkCase(session, truth: truth))
    }
  }
}

/// GridPG: a mosaic of four pictures of different classes, half as large, shown to the network as it is.
///
/// The evidence for the class of a cell should lie in that cell; the network may see some in others, so that 1 is not
/// reached by any method. Mosaics in which the network does not rank the class among its first five are left out.
public struct GridPointingGame: BenchmarkTask {
  public let identifier = "grid-pg"
  public let summary = "four pictures of different classes, half as large, and the class of one is asked about."
  public let citation: String? = "Böhle, Fritz & Schiele, CVPR 2021, arXiv:2104.00032"
  private let pictures: [AnsweredPicture]

  /// Mosaics of these pictures, each with the three that follow it and are of other classes.
  public init(_ pictures: [AnsweredPicture]) { self.pictures = pictures }

  public func forEachCase(_ body: (BenchmarkCase) throws -> Void) throws {
    for (index, picture) in pictures.enumerated() {
      let explainer = picture.explainer
      guard let grid = explainer.grid, !explainer.hasPlaces, let choice = picture.answer.ranking.first?.index else {
        continue
      }
      var classes = [choice], cells = [picture]
      for next in 1..<pictures.count where cells.count < 4 {
        let other = pictures[(index + next) % pictures.count]
        guard let rank = other.answer.ranking.first?.index, !classes.contains(rank) else { continue }
        classes.append(rank)
        cells.append(other)
      }
      guard cells.count == 4, grid.height % 2 == 0, grid.width % 2 == 0 else { continue }
      let small = cells.map { grid.planes($0.subject.input).resized(height: grid.height / 2, width: grid.width / 2) }
      let session = try ExplanationSession(
        of: explainer.model, on: grid.image(Tensor(mosaicOf: small, columns: 2)), for: ClassLogit(index: choice),
        options: picture.session.options)
      guard session.logits.descendingOrder().prefix(5).contains(choice) else { continue }
      try body(BenchmarkCase(session, truth: quarter(0, height: grid.height, width: grid.width)))
    }
  }
}

/// One of the quarters of an image, in rows from the top left.
private func quarter(_ index: Int, height: Int, width: Int) -> Tensor {
  Tensor(
    (0..<height * width).map { pixel in
      let (y, x) = (pixel / width, pixel % width)
      return (y < height / 2) == (index < 2) && (x < width / 2) == (index % 2 == 0) ? 1 : 0
    }, shape: [height, width])
}
