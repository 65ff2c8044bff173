/* A name server made far away: passes DNS over UDP on to a near one and holds each answer back for a random
 * time. It may answer only so many queries a second, and drops or refuses (RFC 1035, code 5) the rest.
 *
 * far_server NEAR_PORT LEAST_MS MOST_MS LIMIT_PER_S(0: none) drop|refuse
 * Prints its own port on loopback, and what it passed on and turned away once stdin ends.
 * It takes and gives many datagrams at once and sleeps in between, to leave the processor to what is measured.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SLOTS 65536
#define OCTETS 1500
#define BATCH 64

/* How long it sleeps while it holds answers. Whoever sends to it need not wake it then, as one would not wake a
 * machine far away; an answer is up to twice this late. */
static const struct timespec tick = {0, 250000};

struct held { double due; struct sockaddr_in to; uint16_t length; unsigned char wire[OCTETS]; };
struct asked { struct sockaddr_in from; uint16_t id; double delay; };

static struct asked asked[SLOTS];
static struct held *heap[SLOTS];
static int waiting;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void push(struct held *item) {
    int at = waiting++;
    for (; at && heap[(at - 1) / 2]->due > item->due; at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
    heap[at] = item;
}

static struct held *pop(void) {
    struct held *first = heap[0], *last = heap[--waiting];
    int at = 0, child;
    for (; (child = 2 * at + 1) < waiting; at = child) {
        if (child + 1 < waiting && heap[child + 1]->due < heap[child]->due) child++;
        if (heap[child]->due >= last->due) break;
        heap[at] = heap[child];
    }
    heap[at] = last;
    return first;
}

static int udp(void) {
    int made = socket(AF_INET, SOCK_DGRAM, 0), room = 8 << 20;
    if (setsockopt(made, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room)) /* allowed to root alone */
        setsockopt(made, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (setsockopt(made, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room))
        setsockopt(made, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    return made;
}

/* Datagrams on their way: what is sent or was received at once. */
static struct mmsghdr batch[BATCH], out[BATCH];
static struct iovec parts[BATCH], out_parts[BATCH];
static struct sockaddr_in peers[BATCH];
static unsigned char wires[BATCH][OCTETS];

static int take(int from) {
    for (int i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){wires[i], OCTETS};
        batch[i].msg_hdr = (struct msghdr){
            .msg_name = &peers[i], .msg_namelen = sizeof peers[i], .msg_iov = &parts[i], .msg_iovlen = 1};
    }
    return recvmmsg(from, batch, BATCH, MSG_DONTWAIT, NULL);
}

static void give(int to, int count) {
    for (int sent = 0, some; sent < count; sent += some)
        if ((some = sendmmsg(to, out + sent, count - sent, 0)) < 1) some = 1; /* one that cannot go is lost */
}

static void add(int place, void *wire, size_t length, struct sockaddr_in *to) {
    out_parts[place] = (struct iovec){wire, length};
    out[place].msg_hdr = (struct msghdr){
        .msg_name = to, .msg_namelen = to ? sizeof *to : 0, .msg_iov = &out_parts[place], .msg_iovlen = 1};
}

static void hold(const unsigned char *wire, size_t length, struct sockaddr_in to, double due) {
    struct held *item = malloc(sizeof *item);
    if (waiting == SLOTS || item == NULL) { free(item); return; }
    memcpy(item->wire, wire, length);
    item->length = length, item->to = to, item->due = due;
    push(item);
}

static void give_due(int front) {
    struct held *items[BATCH];
    for (int count; waiting && heap[0]->due <= now();) {
        double at = now();
        for (count = 0; count < BATCH && waiting && heap[0]->due <= at; count++) {
            items[count] = pop();
            add(count, items[count]->wire, items[count]->length, &items[count]->to);
        }
        give(front, count);
        while (count) free(items[--count]);
    }
}

int main(int count, char **given) {
    if (count != 6) return 2;
    double least = atof(given[2]) / 1e3, most = atof(given[3]) / 1e3, limit = atof(given[4]);
    int refuse = !strcmp(given[5], "refuse");
    struct sockaddr_in here = {.sin_family = AF_INET}, near = here;
    here.sin_addr.s_addr = near.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    near.sin_port = htons(atoi(given[1]));
    socklen_t size = sizeof here;
    int front = udp(), back = udp();
    if (bind(front, (void *)&here, sizeof here) || connect(back, (void *)&near, sizeof near)) return 1;
    getsockname(front, (void *)&here, &size);
    printf("%d\n", ntohs(here.sin_port));
    fflush(stdout);
    struct pollfd ears[3] = {{front, POLLIN, 0}, {back, POLLIN, 0}, {0, POLLIN, 0}};
    uint16_t slot = 0;
    long passed = 0, turned = 0;
    double credit = limit / 20, credited = now();
    for (int got;;) {
        if (waiting) nanosleep(&tick, NULL);
        poll(ears, 3, waiting ? 0 : -1);
        if (ears[2].revents) break;
        while ((got = take(front)) > 0) {
            int onward = 0;
            double at = now();
            for (int i = 0; i < got; i++) {
                unsigned char *wire = wires[i];
                unsigned length = batch[i].msg_len;
                double delay = least + (most - least) * rand() / RAND_MAX;
                if (length < 12) continue;
                credit += (at - credited) * limit, credited = at;
                if (credit > limit / 20) credit = limit / 20;
                if (limit && credit < 1) {
                    turned++;
                    if (!refuse) continue;
                    wire[2] |= 0x80, wire[3] = (wire[3] & 0xf0) | 5;
                    hold(wire, length, peers[i], at + delay);
                    continue;
                }
                credit--, passed++, slot++;
                asked[slot].from = peers[i], asked[slot].delay = delay;
                memcpy(&asked[slot].id, wire, 2);
                memcpy(wire, &slot, 2);
                add(onward++, wire, length, NULL);
            }
            give(back, onward);
        }
        while ((got = take(back)) > 0) {
            double at = now();
            for (int i = 0; i < got; i++) {
                uint16_t found;
                if (batch[i].msg_len < 12) continue;
                memcpy(&found, wires[i], 2);
                memcpy(wires[i], &asked[found].id, 2);
                hold(wires[i], batch[i].msg_len, asked[found].from, at + asked[found].delay);
            }
        }
        give_due(front);
    }
    printf("%ld %ld\n", passed, turned);
    return 0;
}
