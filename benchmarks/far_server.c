/* A name server made far away: passes DNS over UDP on to a near one and holds each answer back for a random
 * time. It may answer only so many queries a second, and drops or refuses (RFC 1035, code 5) the rest.
 *
 * far_server NEAR_PORT LEAST_MS MOST_MS LIMIT_PER_S(0: none) drop|refuse
 * Prints its own port on loopback, and what it passed on and turned away once stdin ends.
 */
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
    setsockopt(made, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    setsockopt(made, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    return made;
}

static void hold(const unsigned char *wire, ssize_t length, struct sockaddr_in to, double due) {
    struct held *item = malloc(sizeof *item);
    if (waiting == SLOTS || item == NULL) { free(item); return; }
    memcpy(item->wire, wire, length);
    item->length = length, item->to = to, item->due = due;
    push(item);
}

int main(int count, char **given) {
    if (count != 6) return 2;
    double least = atof(given[2]) / 1e3, most = atof(given[3]) / 1e3, limit = atof(given[4]);
    int refuse = !strcmp(given[5], "refuse");
    struct sockaddr_in here = {.sin_family = AF_INET}, near = here, from;
    here.sin_addr.s_addr = near.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    near.sin_port = htons(atoi(given[1]));
    socklen_t size = sizeof here;
    int front = udp(), back = udp();
    if (bind(front, (void *)&here, sizeof here) || connect(back, (void *)&near, sizeof near)) return 1;
    getsockname(front, (void *)&here, &size);
    printf("%d\n", ntohs(here.sin_port));
    fflush(stdout);
    struct pollfd ears[3] = {{front, POLLIN, 0}, {back, POLLIN, 0}, {0, POLLIN, 0}};
    unsigned char wire[OCTETS];
    uint16_t slot = 0;
    long passed = 0, turned = 0;
    double credit = limit / 20, credited = now();
    for (;;) {
        double pause = waiting ? (heap[0]->due - now()) * 1e3 : 1000;
        poll(ears, 3, pause < 0 ? 0 : (int)pause);
        if (ears[2].revents) break;
        double at = now();
        for (ssize_t got; size = sizeof from,
             (got = recvfrom(front, wire, OCTETS, MSG_DONTWAIT, (void *)&from, &size)) >= 12;) {
            double delay = least + (most - least) * rand() / RAND_MAX;
            credit += (at - credited) * limit, credited = at;
            if (credit > limit / 20) credit = limit / 20;
            if (limit && credit < 1) {
                turned++;
                if (!refuse) continue;
                wire[2] |= 0x80, wire[3] = (wire[3] & 0xf0) | 5;
                hold(wire, got, from, at + delay);
                continue;
            }
            credit--, passed++, slot++;
            asked[slot].from = from, asked[slot].delay = delay;
            memcpy(&asked[slot].id, wire, 2);
            memcpy(wire, &slot, 2);
            send(back, wire, got, 0);
        }
        for (ssize_t got; (got = recv(back, wire, OCTETS, MSG_DONTWAIT)) >= 12;) {
            uint16_t found;
            memcpy(&found, wire, 2);
            memcpy(wire, &asked[found].id, 2);
            hold(wire, got, asked[found].from, now() + asked[found].delay);
        }
        while (waiting && heap[0]->due <= now()) {
            struct held *item = pop();
            sendto(front, item->wire, item->length, 0, (void *)&item->to, sizeof item->to);
            free(item);
        }
    }
    printf("%ld %ld\n", passed, turned);
    return 0;
}
