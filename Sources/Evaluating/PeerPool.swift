import AttributionKit
import Explaining

/// A few of the photographs that are judged together, each of another class, for metrics that make mosaics.
///
/// There are never more than ``most``, so that they take no more memory for many photographs than for few.
struct PeerPool {
  private var members: [(index: Int, image: PeerImage)] = []

  private static let most = 8
  /// How many photographs are looked at in search of them.
  private static let searched = 32

  /// - Throws: What `progress` throws.
  init(
    of queue: PictureQueue, for explainer: Explainer, with metrics: [MetricExpression], progress: ProgressHandler?
  ) throws {
    guard metrics.contains(where: { $0.descriptor.needsPeers }), !explainer.hasPlaces, !explainer.names.areNumbers
    else { return }
    var classes: Set<Int> = []
    for index in queue.pictures.indices.prefix(Self.searched) where members.count < Self.most {
      let picture: AnsweredPicture
      // One that cannot be used is told of when its turn comes.
      do { picture = try explainer.answer(queue, at: index, progress: progress) } catch is ExplainingError { continue }
      let ranking = picture.answer.ranking.prefix(5).map(\.index)
      guard let first = ranking.first, classes.insert(first).inserted else { continue }
      members.append((index, PeerImage(picture.subject.input, classes: ranking)))
    }
  }

  /// All but the picture itself, beginning with those that follow it.
  func peers(of index: Int) -> [PeerImage] {
    let others = members.filter { $0.index != index }
    return (others.filter { $0.index > index } + others.filter { $0.index < index }).map(\.image)
  }
}
